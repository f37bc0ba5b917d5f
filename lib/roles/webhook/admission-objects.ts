import {
  JobType,
  type KubeObject,
  keyOf,
  NamespaceType,
  type ResourceType,
  type SinkBinding,
  SinkBindingType,
  type Stored,
} from '../../api';
import { type Clock, errorMessage, type Log } from '../../base';
import { type Cluster, Informer } from '../../kube';
import type { PresentObjects } from '../../local';
import { SharedReads } from './shared-reads';

/** What is read while an object is looked at: the Job of a pod, and the namespace of what a binding names. */
const READ: ReadonlySet<ResourceType> = new Set<ResourceType>([JobType, NamespaceType]);
/** How often more may be asked for than was known: a pod has a Job, and a Job has a namespace. */
const ROUNDS = 6;
/** How much is read at a time: who asks is not known, and API servers have others to serve. */
const READS = 16;

export interface AdmissionObjectsOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly log: Log;
}

/** What else there is on a cluster while an object is looked at: SinkBindings are followed, all else is read when it is asked for. */
export class AdmissionObjects {
  readonly #bindings: Informer<SinkBinding>;
  readonly #reads = new SharedReads(READS);

  constructor(private readonly options: AdmissionObjectsOptions) {
    const { cluster, clock, log } = options;
    this.#bindings = new Informer(cluster, SinkBindingType, clock, log);
  }

  /** Resolves once the SinkBindings are known. */
  start(): Promise<void> {
    return this.#bindings.start();
  }

  stop(): void {
    this.#bindings.stop();
  }

  /** SinkBindings of a namespace, as far as they have been heard of. */
  followed(namespace: string): readonly Stored<SinkBinding>[] {
    return this.#bindings.byIndex('namespace', namespace);
  }

  /** SinkBindings of a namespace as they are at this moment: none is missed that was there before what is looked at. */
  async present(namespace: string): Promise<readonly Stored<SinkBinding>[]> {
    const { cluster, log } = this.options;
    try {
      return (await this.#reads.shared(namespace, () => cluster.list(SinkBindingType, { namespace }))).items;
    } catch (error) {
      log.warn('SinkBindings could not be read; those that were heard of count', { namespace, error: errorMessage(error) });
      return this.followed(namespace);
    }
  }

  /** What `look` makes of the objects: it is asked again with what it found missing, until nothing is missing any more. */
  async settle<T>(bindings: readonly Stored<SinkBinding>[], look: (present: PresentObjects) => T): Promise<T> {
    const known = new Map<string, Stored<KubeObject> | undefined>();
    for (let round = 0; ; round++) {
      const missing = new Map<string, () => Promise<Stored<KubeObject> | undefined>>();
      const present: PresentObjects = {
        list: <T extends KubeObject>(type: ResourceType<T>) =>
          (type.kind === SinkBindingType.kind ? bindings : []) as unknown as readonly Stored<T>[],
        get: <T extends KubeObject>(type: ResourceType<T>, namespace: string | undefined, name: string) => {
          if (!READ.has(type as unknown as ResourceType)) return undefined;
          const key = `${type.kind} ${keyOf({ metadata: { name, ...(namespace === undefined ? {} : { namespace }) } })}`;
          if (!known.has(key)) missing.set(key, () => this.options.cluster.get(type, namespace, name));
          return known.get(key) as Stored<T> | undefined;
        },
      };
      let result: () => T;
      try {
        const value = look(present);
        result = () => value;
      } catch (error) {
        result = () => {
          throw error;
        };
      }
      if (missing.size === 0 || round === ROUNDS) return result();
      for (const [key, read] of missing) known.set(key, await this.#reads.own(read));
    }
  }
}
