import { LOCAL_PORTS_ANNOTATION, type Pod, type PodStatus, PodType, type Stored } from '../../api';
import { type Clock, type Executor, errorMessage, type Log } from '../../base';
import { type Cluster, ClusterError } from '../../kube';

export interface StatusWriterOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly log: Log;
  /** The pod as last seen. */
  readonly pod: () => Stored<Pod>;
  /** The status that is true now. */
  readonly status: () => PodStatus;
}

/** How long to wait before writing again after the API server has failed, in milliseconds. */
const RETRY_MS = 1000;

/**
 * Writes the status of one pod: one write at a time, the newest state each time, nothing if nothing changed. The ports
 * annotation is written before the first status that has an address, so that nobody sees the address without it.
 */
export class StatusWriter {
  #dirty = false;
  #writing = false;
  #closed = false;
  #written: string | undefined;
  #ports: string | undefined;
  #writtenPorts: string | undefined;
  #idle: (() => void)[] = [];

  constructor(private readonly options: StatusWriterOptions) {}

  /** Something may have changed. */
  mark(): void {
    this.#dirty = true;
    if (this.#writing || this.#closed) return;
    this.#writing = true;
    this.options.executor.run('pod status', () => this.#writeAll());
  }

  /** The pod's ports on this machine; written with the next status. */
  setPorts(ports: Readonly<Record<string, number>>): void {
    if (Object.keys(ports).length > 0) this.#ports = JSON.stringify(ports);
  }

  /** Resolves once what is true now has been written, or cannot be. */
  async flushed(): Promise<void> {
    if (this.#writing) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Writes no more. */
  close(): void {
    this.#closed = true;
  }

  async #writeAll(): Promise<void> {
    // Changes of one instant make one write.
    await Promise.resolve();
    while (this.#dirty && !this.#closed) {
      this.#dirty = false;
      await this.#write();
    }
    this.#writing = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #write(): Promise<void> {
    const { cluster, clock, log, pod } = this.options;
    const { namespace, name, uid } = pod().metadata;
    try {
      if (this.#ports !== this.#writtenPorts) {
        const ports = this.#ports;
        const patch = { metadata: { uid, annotations: { [LOCAL_PORTS_ANNOTATION]: ports } } };
        await cluster.patch(PodType, namespace, name, 'merge', patch);
        this.#writtenPorts = ports;
      }
      const status = this.options.status();
      const text = JSON.stringify(status);
      if (text === this.#written) return;
      await cluster.updateStatus(PodType, { ...pod(), metadata: { namespace, name, uid }, status });
      this.#written = text;
    } catch (error) {
      // Gone, or another pod has this name by now: an informer will say so.
      if (ClusterError.is(error, 'NotFound') || ClusterError.is(error, 'Conflict')) this.close();
      if (this.#closed) return;
      log.warn('cannot write pod status', { pod: name, error: errorMessage(error) });
      clock.after(RETRY_MS, () => this.mark());
    }
  }
}
