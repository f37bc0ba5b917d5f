import { type Pod, PodType, type Stored } from '../../api';
import { type Clock, type Executor, type Log, timestamp } from '../../base';
import { type Cluster, ClusterError, Informer } from '../../kube';

export interface AssumedPodsOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly log: Log;
}

/** A kubelet that runs nothing: every pod is ready as soon as it exists, and gone as soon as it is deleted. */
export class AssumedPods {
  readonly #informer: Informer<Pod>;
  readonly #ready = new Set<string>();

  constructor(private readonly options: AssumedPodsOptions) {
    const { cluster, clock, executor, log } = options;
    this.#informer = new Informer(cluster, PodType, clock, log);
    this.#informer.onChange(({ previous, next }) => {
      if (!next) this.#ready.delete(previous!.metadata.uid);
      else executor.run('assumed pod', () => this.#settle(next));
    });
  }

  start(): Promise<void> {
    return this.#informer.start();
  }

  stop(): void {
    this.#informer.stop();
  }

  async #settle(pod: Stored<Pod>): Promise<void> {
    const { cluster } = this.options;
    const { namespace, name, uid, deletionTimestamp } = pod.metadata;
    try {
      if (deletionTimestamp) await cluster.delete(PodType, namespace, name, { uid, gracePeriodSeconds: 0 });
      else if (!this.#ready.has(uid)) {
        this.#ready.add(uid);
        await cluster.patch(PodType, namespace, name, 'merge', { status: this.#status(pod) }, { subresource: 'status' });
      }
    } catch (error) {
      // It was deleted meanwhile.
      if (!ClusterError.is(error, 'NotFound') && !ClusterError.is(error, 'Conflict')) throw error;
    }
  }

  #status({ spec }: Pod): Pod['status'] {
    const now = timestamp(this.options.clock.now());
    const address = `10.0.${(this.#ready.size >> 8) & 255}.${this.#ready.size & 255}`;
    const conditions = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({
      type,
      status: 'True' as const,
      lastTransitionTime: now,
    }));
    return {
      phase: 'Running',
      conditions,
      podIP: address,
      podIPs: [{ ip: address }],
      startTime: now,
      containerStatuses: spec.containers.map(({ name, image }) => ({
        name: name ?? '',
        image: image ?? '',
        imageID: '',
        ready: true,
        started: true,
        restartCount: 0,
        state: { running: { startedAt: now } },
      })),
    };
  }
}
