import { apiVersionOf, type KubeObject, type ResourceType } from '../../api';
import { type Clock, errorMessage } from '../../base';
import type { Cluster, Selection } from '../../kube';

/** A watch hears a bookmark each minute. One that has heard nothing for so long, in milliseconds, has come to a stop or is cut off. */
const SILENT_MS = 15 * 60_000;

interface Followed {
  readonly key: string;
  readonly kind: string;
  heardAt: number;
  /** It has ended; whoever follows the kind is to begin another. */
  ended: boolean;
}

/** Notes which lists fail and when watches last heard anything, of everything that goes through `observed`. */
export class WatchProgress {
  readonly #failing = new Map<string, string>();
  readonly #followed = new Set<Followed>();

  constructor(private readonly clock: Clock) {}

  /** Kinds that could not be listed, with the reason: a line each. */
  get failing(): readonly string[] {
    return [...new Set(this.#failing.values())];
  }

  /** Kinds of which nothing was heard for a quarter of an hour. That is no fault of ours if the API server does not answer. */
  get silent(): readonly string[] {
    const since = this.clock.monotonic() - SILENT_MS;
    return [...new Set([...this.#followed].filter(({ heardAt }) => heardAt < since).map(({ kind }) => kind))];
  }

  /** The same cluster, looked at. */
  observed(cluster: Cluster): Cluster {
    return {
      get: cluster.get.bind(cluster),
      create: cluster.create.bind(cluster),
      update: cluster.update.bind(cluster),
      updateStatus: cluster.updateStatus.bind(cluster),
      patch: cluster.patch.bind(cluster),
      delete: cluster.delete.bind(cluster),
      list: async (type, selection) => {
        const key = keyOf(type, selection);
        try {
          const found = await cluster.list(type, selection);
          this.#failing.delete(key);
          return found;
        } catch (error) {
          this.#failing.set(key, `${type.kind} of ${apiVersionOf(type)}: ${errorMessage(error)}`);
          throw error;
        }
      },
      watch: (type, options, onEvent) => {
        const followed = this.#begin(keyOf(type, options), type.kind);
        const watch = cluster.watch(type, options, (event) => {
          followed.heardAt = this.clock.monotonic();
          onEvent(event);
        });
        void watch.closed.then(() => {
          followed.ended = true;
        });
        return {
          closed: watch.closed,
          stop: () => {
            this.#followed.delete(followed);
            watch.stop();
          },
        };
      },
    };
  }

  /** In the place of one that has ended, if there is one. */
  #begin(key: string, kind: string): Followed {
    for (const former of this.#followed) {
      if (former.key === key && former.ended) {
        this.#followed.delete(former);
        break;
      }
    }
    const followed: Followed = { key, kind, heardAt: this.clock.monotonic(), ended: false };
    this.#followed.add(followed);
    return followed;
  }
}

function keyOf(
  type: ResourceType<KubeObject>,
  { namespace = '', labelSelector = '', fieldSelector = '' }: Selection = {},
): string {
  return [apiVersionOf(type), type.kind, namespace, labelSelector, fieldSelector].join('|');
}
