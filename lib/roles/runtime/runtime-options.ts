import type { Clock, Executor, Log, Metrics, Random } from '../../base';
import type { OuterIngressPods } from '../../gateway';
import type { Cluster, ServiceAccounts } from '../../kube';
import type { Store } from '../../local';
import type { ClusterAnswersOptions } from '../cluster-answers';
import type { Readiness } from '../health';

/** Where the runtime listens, and how it is reached. */
export interface RuntimePorts {
  /** For requests from outside the cluster. */
  readonly external: number;
  /** For HTTPS from outside, with the certificates that Ingresses name. @default HTTPS is not served */
  readonly https?: number;
  /** For requests by cluster-local names. */
  readonly internal: number;
  /** Where API servers ask before they store an object. @default nobody asks, unless it is the role of the process */
  readonly webhook?: number;
}

/** What every part of the runtime has of its process. */
export interface PartOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Name of this pod: who holds the lease, and who reports. */
  readonly identity: string;
  /** Told what is not there yet. */
  readonly readiness?: Readiness;
}

/** What parts have that send events, or take them. */
export interface EventPartOptions extends PartOptions {
  /** By whose tokens senders prove themselves, and as whom sources look at the cluster. */
  readonly accounts: ServiceAccounts;
}

export interface RuntimeSystemOptions extends EventPartOptions {
  /** Whether events are served: without, no kind of Eventing need be there. @default true */
  readonly eventing?: boolean;
  readonly ports: RuntimePorts;
  /** Pods of an ingress in front of this one. @default none */
  readonly outerIngress?: readonly OuterIngressPods[];
  /** Ranges of addresses of proxies that requests from outside come through. @default none */
  readonly trustedProxies?: readonly string[];
  /** Address of this pod, which the Services of revisions lead to. */
  readonly podIp: string;
  /** Namespace of the lease. */
  readonly namespace: string;
  /** Where events are kept. @default in memory */
  readonly store?: Store;
  /** Addresses to which no event may be sent. @default those to which none may be sent anywhere */
  readonly deniedSinks?: readonly string[];
  /** How registries are asked for digests. @default by public certificates, at addresses that are not of this machine or its cloud */
  readonly registries?: ClusterAnswersOptions['registries'];
}

/** A part of the runtime that runs, alone in its process or with others. */
export interface RuntimePart {
  /** Ends in order what is under way. */
  stop(): Promise<void>;
}

/** How long requests under way may take when the process is to end, in milliseconds. */
export const STOP_GRACE_MS = 25_000;

/** Starts what has been made; if that fails, ends what has begun of it. */
export async function begun<T extends RuntimePart>(part: T, start: () => Promise<void>): Promise<T> {
  try {
    await start();
    return part;
  } catch (error) {
    await part.stop();
    throw error;
  }
}
