import type { ApiContainer, ApiSecurityContext } from './api-types';
import { type EnvFrom, type EnvValue, envFromSource, envVars } from './env';
import type { LocalProps } from './local';
import { type Probe, probe } from './probe';
import { type QuantityInput, quantity } from './quantity';
import { defined, nonEmpty, plainValue } from './shape';
import type { MountProps } from './volume';

/** How a container is spoken to: HTTP/1.1 (WebSocket included), or HTTP/2 without TLS (gRPC). */
export type Protocol = 'http1' | 'h2c';

/** The port that Knative assumes and tells the container in `$PORT`. */
export const DEFAULT_PORT = 8080;

/** What the container reserves and what it may use: `{ requests: { cpu: '100m' }, limits: { memory: '128Mi' } }`. */
export interface ResourcesProps {
  /** What is reserved. @default - nothing, unless the cluster sets it */
  readonly requests?: Readonly<Record<string, QuantityInput>>;
  /** What may not be exceeded. @default - no limit, unless the cluster sets it */
  readonly limits?: Readonly<Record<string, QuantityInput>>;
}

/** What the serving container and sidecars have in common. */
export interface MainContainerProps {
  /** The image; a tag is resolved to a digest when a revision is made. */
  readonly image: string;
  /** Program to run in place of the image's entry point. @default - the image's */
  readonly command?: readonly string[];
  /** Arguments of the program. @default - the image's */
  readonly args?: readonly string[];
  /** Working directory inside the image. @default - the image's */
  readonly workingDir?: string;
  /** `Always`, `IfNotPresent` or `Never`. @default - the cluster's */
  readonly imagePullPolicy?: string;
  /**
   * Environment variables: text, numbers, booleans, `{ configMap, key }`, `{ secret, key }`, or `EnvValue` of any
   * `cdk8s-plus-NN`. `PORT` and `K_*` are Knative's own.
   * @default - none
   */
  readonly env?: Readonly<Record<string, EnvValue>>;
  /** All keys of ConfigMaps and Secrets as environment variables. @default - none */
  readonly envFrom?: readonly EnvFrom[];
  /** The port on which it listens. @default 8080 for the serving container (written out where there are sidecars), none for sidecars */
  readonly port?: number;
  /** How it is spoken to. @default 'http1' */
  readonly protocol?: Protocol;
  /** Processor time and memory. @default - the cluster's */
  readonly resources?: ResourcesProps;
  /** Whether a pod may get requests. @default - Knative checks that the port accepts connections */
  readonly readiness?: Probe;
  /** Whether the container must be restarted. @default - none */
  readonly liveness?: Probe;
  /** Whether the container has started; holds back the other two. @default - none */
  readonly startup?: Probe;
  /** Privileges of the container. @default - the cluster's */
  readonly securityContext?: ApiSecurityContext;
  /** What runs in place of the image under `knc dev`; it never appears in the YAML. @default - see `knc.images.yaml` */
  readonly local?: LocalProps;
}

/**
 * A sidecar: a further container in every pod of a revision. Only one container of a pod may have a port.
 * @see https://knative.dev/docs/serving/services/creating-services/
 */
export interface ContainerProps extends MainContainerProps {
  /** The container's name, unique in the pod. @default - Knative's: `user-container-N` */
  readonly name?: string;
  /** Where it sees volumes of the service, each by its `name`. @default - nowhere */
  readonly mounts?: readonly MountProps[];
}

/** The container as it stands in the API object; `mounts` in the order given. */
export function container(props: ContainerProps): ApiContainer {
  const { name, image, command, args, workingDir, imagePullPolicy, securityContext } = props;
  return {
    ...defined({ name, image, command, args, workingDir, imagePullPolicy }),
    ...defined({
      env: nonEmpty(envVars(props.env)),
      envFrom: nonEmpty(props.envFrom?.map(envFromSource)),
      ports: ports(props),
      resources: resources(props.resources),
      readinessProbe: probe(props.readiness),
      livenessProbe: probe(props.liveness),
      startupProbe: probe(props.startup),
      securityContext: plainValue(securityContext) as ApiSecurityContext | undefined,
      volumeMounts: nonEmpty(props.mounts?.map(({ volume, ...mount }) => ({ name: volume, ...mount }))),
    }),
  };
}

function ports({ port, protocol }: MainContainerProps): ApiContainer['ports'] {
  if (port === undefined && protocol === undefined) return undefined;
  return [{ ...(protocol === undefined ? {} : { name: protocol }), containerPort: port ?? DEFAULT_PORT }];
}

function resources(props: ResourcesProps | undefined): ApiContainer['resources'] {
  const quantities = (amounts: Readonly<Record<string, QuantityInput>> | undefined) =>
    amounts && Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, quantity(amount)]));
  return props && defined({ requests: quantities(props.requests), limits: quantities(props.limits) });
}
