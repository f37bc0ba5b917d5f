import { annotations as keys } from '../../lib/api';
import type { FieldError } from '../../lib/base';
import type { ApiTemplate } from './api-types';
import { type ContainerProps, container, DEFAULT_PORT, type MainContainerProps } from './container';
import { type DurationInput, durationSeconds, durationText } from './duration';
import { type QueueSidecarProps, queueSidecarAnnotations } from './queue-sidecar';
import { type ConcurrencyProps, type ScaleProps, scaleAnnotations, scaleProblems } from './scale';
import { defined, ifSet, type NameInput, nameOf, nonEmpty } from './shape';
import { type VolumeProps, volume, volumeMount } from './volume';

/**
 * How long a request may take; whole seconds, up to the cluster's maximum, 10 minutes by default.
 * @see https://knative.dev/docs/serving/configuration/config-defaults/
 */
export interface TimeoutProps {
  /** Until the answer is complete. @default '300s' */
  readonly request?: DurationInput;
  /** Until the first byte of the answer. @default - as `request` */
  readonly responseStart?: DurationInput;
  /** Without a byte of the answer. @default - none */
  readonly idle?: DurationInput;
}

/** What a revision is made from: every change of it makes a new revision. */
export interface RevisionTemplateProps extends MainContainerProps {
  /** Name of the serving container. @default - Knative's: `user-container` */
  readonly containerName?: string;
  /** Further containers in every pod. @default - none */
  readonly sidecars?: readonly ContainerProps[];
  /** Volumes, each with the place where the serving container sees it. @default - none */
  readonly volumes?: readonly VolumeProps[];
  /** The identity of the pods: its name, or an object of any `cdk8s-plus-NN`. @default - the namespace's `default` */
  readonly serviceAccount?: NameInput;
  /** `false` keeps the token of the service account out of the pods. @default - the service account's own setting */
  readonly automountServiceAccountToken?: false;
  /** Secrets with which images are pulled. @default - those of the service account */
  readonly imagePullSecrets?: readonly NameInput[];
  /** How many requests one pod takes at the same time. @default - no limit, aiming at 100 */
  readonly concurrency?: ConcurrencyProps;
  /** How many pods run. @default - from zero to as many as it takes */
  readonly scale?: ScaleProps;
  /** How long a request may take. @default - 300 seconds */
  readonly timeouts?: TimeoutProps;
  /**
   * Whether each pod has a sidecar, `queue-proxy`, that keeps `concurrency.hardLimit` and `timeouts` for requests that do not come through
   * the gateway, too; or what the sidecar gets. Upstream's Knative always has it.
   * @default - as the platform says (`queueSidecar` of `KnativePlatform`)
   */
  readonly queueSidecar?: boolean | QueueSidecarProps;
  /** Time for a new revision to become ready before it counts as failed; whole seconds. @default '600s' */
  readonly progressDeadline?: DurationInput;
  /** Keeps revisions that no route uses from being collected. @default false */
  readonly retain?: boolean;
  /** Labels and annotations of revisions and their pods; these win over what the other props set. @default - none */
  readonly template?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** An API object (or part of one) and what is wrong with its props beyond what can be seen in it. */
export interface Modelled<T> {
  readonly object: T;
  readonly problems: readonly FieldError[];
}

/** `spec.template` for the props: what was set and nothing else. */
export function revisionTemplate(props: RevisionTemplateProps): ApiTemplate {
  const annotations = {
    ...scaleAnnotations(props.scale, props.concurrency),
    ...(props.progressDeadline === undefined ? {} : { [keys.progressDeadline[0]]: durationText(props.progressDeadline) }),
    ...(props.retain ? { [keys.noGc[0]]: 'true' } : {}),
    ...queueSidecarAnnotations(props.queueSidecar),
    ...props.template?.annotations,
  };
  const metadata = defined({ labels: defined(props.template?.labels ?? {}), annotations: defined(annotations) });
  return { ...(metadata && { metadata }), spec: revisionSpec(props) };
}

/** What is wrong with the props of a template beyond what can be seen in the template. */
export function templateProblems(props: RevisionTemplateProps): FieldError[] {
  return scaleProblems(props.scale, props.concurrency);
}

function revisionSpec(props: RevisionTemplateProps): ApiTemplate['spec'] {
  const { serviceAccount, imagePullSecrets, automountServiceAccountToken, timeouts, volumes } = props;
  const main = container({ ...props, ...servingPort(props), name: props.containerName });
  const volumeMounts = nonEmpty(volumes?.map(volumeMount));
  return {
    containers: [volumeMounts ? { ...main, volumeMounts } : main, ...(props.sidecars ?? []).map(container)],
    ...defined({
      volumes: nonEmpty(volumes?.map(volume)),
      serviceAccountName: ifSet(serviceAccount, nameOf),
      automountServiceAccountToken,
      imagePullSecrets: nonEmpty(imagePullSecrets?.map((secret) => ({ name: nameOf(secret) }))),
      containerConcurrency: props.concurrency?.hardLimit,
      timeoutSeconds: ifSet(timeouts?.request, durationSeconds),
      responseStartTimeoutSeconds: ifSet(timeouts?.responseStart, durationSeconds),
      idleTimeoutSeconds: ifSet(timeouts?.idle, durationSeconds),
    }),
  };
}

/** Beside sidecars Knative wants to be told which container serves, even where it is on the default port. */
function servingPort({ port, protocol, sidecars = [] }: RevisionTemplateProps): { readonly port?: number } {
  const told = [port, protocol, ...sidecars.flatMap((sidecar) => [sidecar.port, sidecar.protocol])];
  return sidecars.length > 0 && told.every((value) => value === undefined) ? { port: DEFAULT_PORT } : {};
}
