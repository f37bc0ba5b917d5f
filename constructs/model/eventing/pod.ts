import type { FieldError } from '../../../lib/base';
import type { ApiSecurityContext } from '../api-types';
import { container, type ResourcesProps } from '../container';
import type { EnvFrom, EnvValue } from '../env';
import { defined, type NameInput, nameOf } from '../shape';

/** A container that sends events, or works on one. */
export interface EventContainerProps {
  /** The image. Either this or a whole template. */
  readonly image?: string;
  /** Name of the container. @default - one that Knative makes */
  readonly containerName?: string;
  /** Program to run in place of the image's entry point. @default - the image's */
  readonly command?: readonly string[];
  /** Arguments of the program. @default - the image's */
  readonly args?: readonly string[];
  /** Environment variables, as of a service. @default - none */
  readonly env?: Readonly<Record<string, EnvValue>>;
  /** All keys of ConfigMaps and Secrets as environment variables. @default - none */
  readonly envFrom?: readonly EnvFrom[];
  /** Processor time and memory. @default - the cluster's */
  readonly resources?: ResourcesProps;
  /** Privileges of the container. @default - the cluster's */
  readonly securityContext?: ApiSecurityContext;
  /** As whom the pod runs. @default - the namespace's */
  readonly serviceAccount?: NameInput;
}

export const eventContainerPropNames = {
  image: 'any',
  containerName: 'any',
  command: 'any',
  args: 'any',
  env: 'any',
  envFrom: 'any',
  resources: 'any',
  securityContext: 'any',
  serviceAccount: 'any',
} as const;

/** The pod spec of one container. */
export function podSpec({ image = '', containerName, serviceAccount, ...props }: EventContainerProps) {
  const { command, args, env, envFrom, resources, securityContext } = props;
  const parts = defined({ name: containerName, command, args, env, envFrom, resources, securityContext });
  return {
    containers: [container({ image, ...parts })],
    ...(serviceAccount === undefined ? {} : { serviceAccountName: nameOf(serviceAccount) }),
  };
}

/** One of the two ways to say what runs. */
export function podProblems(image: string | undefined, whole: object | undefined, wholeProp: string): FieldError[] {
  if ((image === undefined) !== (whole === undefined)) return [];
  const message = image === undefined ? 'nothing says what runs' : `image and ${wholeProp} are both given`;
  return [{ message, paths: [], remedy: `Give either image or ${wholeProp}.` }];
}
