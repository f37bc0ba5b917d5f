import type { Condition, KubeObject, ObjectMeta } from '../meta';
import { resourceType } from '../resource-type';

/** A port number or the name of a container port. */
export type IntOrString = number | string;

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly configMapKeyRef?: { readonly name?: string; readonly key: string; readonly optional?: boolean };
    readonly secretKeyRef?: { readonly name?: string; readonly key: string; readonly optional?: boolean };
    readonly fieldRef?: { readonly apiVersion?: string; readonly fieldPath: string };
    readonly resourceFieldRef?: { readonly containerName?: string; readonly resource: string; readonly divisor?: IntOrString };
  };
}

export interface EnvFromSource {
  readonly prefix?: string;
  readonly configMapRef?: { readonly name?: string; readonly optional?: boolean };
  readonly secretRef?: { readonly name?: string; readonly optional?: boolean };
}

export interface Probe {
  readonly httpGet?: {
    readonly path?: string;
    readonly port?: IntOrString;
    readonly host?: string;
    readonly scheme?: string;
    readonly httpHeaders?: readonly { readonly name: string; readonly value: string }[];
  };
  readonly tcpSocket?: { readonly port?: IntOrString; readonly host?: string };
  readonly grpc?: { readonly port?: number; readonly service?: string };
  readonly exec?: { readonly command?: readonly string[] };
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly successThreshold?: number;
  readonly failureThreshold?: number;
  readonly terminationGracePeriodSeconds?: number;
}

export interface ContainerPort {
  readonly name?: string;
  readonly containerPort?: number;
  readonly protocol?: string;
}

export interface ResourceRequirements {
  readonly requests?: Readonly<Record<string, IntOrString>>;
  readonly limits?: Readonly<Record<string, IntOrString>>;
}

/** A container as it stands in a pod; the fields that this package reads or writes. */
export interface Container {
  readonly name?: string;
  readonly image?: string;
  readonly imagePullPolicy?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly workingDir?: string;
  readonly env?: readonly EnvVar[];
  readonly envFrom?: readonly EnvFromSource[];
  readonly ports?: readonly ContainerPort[];
  readonly resources?: ResourceRequirements;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly startupProbe?: Probe;
  readonly lifecycle?: Readonly<Record<string, unknown>>;
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly terminationMessagePath?: string;
  readonly terminationMessagePolicy?: string;
  readonly volumeMounts?: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly readOnly?: boolean;
    readonly subPath?: string;
  }[];
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly ({ readonly name: string } & Readonly<Record<string, unknown>>)[];
  readonly serviceAccountName?: string;
  readonly terminationGracePeriodSeconds?: number;
  readonly enableServiceLinks?: boolean;
  readonly nodeName?: string;
  readonly [field: string]: unknown;
}

export interface PodTemplateSpec {
  readonly metadata?: ObjectMeta;
  readonly spec: PodSpec;
}

export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt?: string };
  readonly terminated?: {
    readonly exitCode: number;
    readonly signal?: number;
    readonly reason?: string;
    readonly message?: string;
    readonly startedAt?: string;
    readonly finishedAt?: string;
  };
}

export interface ContainerStatus {
  readonly name: string;
  readonly image?: string;
  readonly imageID?: string;
  /** What runs it and how it is called there: `process://4711`. */
  readonly containerID?: string;
  readonly ready: boolean;
  readonly started?: boolean;
  readonly restartCount: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

/** Reason of an end that nobody saw, because node or runtime was started anew: it says nothing of the container. */
export const LOST_CONTAINER_REASON = 'Unknown';

export interface PodStatus {
  readonly phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  readonly conditions?: readonly Condition[];
  readonly podIP?: string;
  readonly podIPs?: readonly { readonly ip: string }[];
  readonly hostIP?: string;
  readonly startTime?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
}

export interface Pod extends KubeObject {
  readonly spec: PodSpec;
  readonly status?: PodStatus;
}

export const PodType = resourceType<Pod>('v1', 'Pod', 'pods', { shortNames: ['po'], categories: ['all'] });

/**
 * Set by the local runtime on pods that are processes or functions and therefore share one address: a JSON object from the
 * declared container port to the port that the process really listens on.
 */
export const LOCAL_PORTS_ANNOTATION = 'local.knative-constructs.dev/ports';

/**
 * Condition of a pod of the local runtime, True while a container of it cannot start unless somebody changes something: its image
 * means nothing here, say. Reason and message are those of the container. Without it, waiting may help.
 */
export const CANNOT_START = 'local.knative-constructs.dev/CannotStart';

/** Where a pod's container port can be reached now, or undefined while the pod has no address. */
export function podAddress(pod: Pod, containerPort: number): { readonly host: string; readonly port: number } | undefined {
  const host = pod.status?.podIP;
  if (!host) return undefined;
  const mapped = pod.metadata.annotations?.[LOCAL_PORTS_ANNOTATION];
  const ports: Record<string, number> = mapped ? JSON.parse(mapped) : {};
  return { host, port: ports[String(containerPort)] ?? containerPort };
}

/** True once the pod's Ready condition is True and it is not being deleted. */
export function isPodReady(pod: Pod): boolean {
  return !pod.metadata.deletionTimestamp && !!pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True');
}
