import type { Pod } from '../../api';
import { type Executor, errorMessage, type Log } from '../../base';
import type { Cluster } from '../../kube';
import { DeclaredValues } from './declared-values';
import { makeVolumes, mountsValues } from './volumes';

export interface PodVolumesOptions {
  readonly cluster: Cluster;
  readonly executor: Executor;
  readonly log: Log;
}

/** The volumes of one pod, brought up to date one time after the other. */
export class PodVolumes {
  readonly #made = new Map<string, ReadonlySet<string>>();
  #last: Promise<unknown> = Promise.resolve();
  /** How they were made. */
  #place: { readonly directory: string; readonly ip: string } | undefined;

  constructor(private readonly options: PodVolumesOptions) {}

  /** The folder of each volume by name. Rejects as `makeVolumes`. */
  make(directory: string, pod: Pod, ip: string, values: DeclaredValues): Promise<Record<string, string>> {
    this.#place = { directory, ip };
    const fill = () => makeVolumes({ pod, ip, values, directory, made: this.#made });
    const filled = this.#last.then(fill);
    this.#last = filled.catch(() => {});
    return filled;
  }

  /** A ConfigMap or Secret has changed: what has been made of it follows, as a kubelet lets it; if it cannot, it stays. */
  follow(pod: Pod, kind: 'configmap' | 'secret', name: string): void {
    if (!this.#place || !mountsValues(pod, kind, name)) return;
    const { cluster, executor, log } = this.options;
    const { namespace = 'default', name: podName } = pod.metadata;
    executor.run(`volumes of pod ${podName}`, async () => {
      const place = this.#place;
      if (!place) return;
      try {
        await this.make(place.directory, pod, place.ip, new DeclaredValues(cluster, namespace));
      } catch (error) {
        log.debug('volumes stay as they were', { pod: podName, error: errorMessage(error) });
      }
    });
  }

  /** Resolves when nothing is written any more. */
  async end(): Promise<void> {
    this.#place = undefined;
    await this.#last;
  }
}
