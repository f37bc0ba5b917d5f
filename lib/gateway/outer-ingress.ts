import { labels, type Pod, PodType, type Stored } from '../api';
import type { Clock, Log } from '../base';
import { type Cluster, Informer } from '../kube';

/** Pods that are an ingress in front of this one: those of a namespace, or those of them that have a label. */
export interface OuterIngressPods {
  readonly namespace: string;
  /** `key=value`. @default all pods of the namespace */
  readonly label?: string;
}

/**
 * The addresses of the ingress in front of this one, as its pods come and go. A pod in its node's network has an address that is
 * not its own alone, and pods of revisions run whatever their owners want: neither is believed.
 */
export class OuterIngress {
  /** How many pods have an address. */
  readonly #addresses = new Map<string, number>();
  readonly #informers: readonly Informer<Pod>[];

  constructor({
    cluster,
    clock,
    log,
    pods,
  }: {
    readonly cluster: Cluster;
    readonly clock: Clock;
    readonly log: Log;
    readonly pods: readonly OuterIngressPods[];
  }) {
    this.#informers = pods.map(({ namespace, label }) => {
      const informer = new Informer(cluster, PodType, clock, log, {
        namespace,
        ...(label === undefined ? {} : { labelSelector: label }),
      });
      informer.onChange(({ previous, next }) => {
        for (const address of addressesOf(next)) this.#count(address, 1);
        for (const address of addressesOf(previous)) this.#count(address, -1);
      });
      return informer;
    });
  }

  /** Resolves once the pods are known. */
  async start(): Promise<void> {
    await Promise.all(this.#informers.map((informer) => informer.start()));
  }

  stop(): void {
    for (const informer of this.#informers) informer.stop();
  }

  /** Whether an address is that of such a pod now. */
  has(address: string): boolean {
    return this.#addresses.has(address);
  }

  #count(address: string, by: number): void {
    const count = (this.#addresses.get(address) ?? 0) + by;
    if (count > 0) this.#addresses.set(address, count);
    else this.#addresses.delete(address);
  }
}

function addressesOf(pod: Stored<Pod> | undefined): readonly string[] {
  const { metadata, spec, status } = pod ?? {};
  if (!status || spec?.hostNetwork || metadata?.labels?.[labels.revisionUID]) return [];
  // The address of a pod that has ended may be another's already.
  if (status.phase === 'Succeeded' || status.phase === 'Failed') return [];
  const { podIP, podIPs = [] } = status;
  return [...new Set([...(podIP ? [podIP] : []), ...podIPs.map(({ ip }) => ip)])];
}
