import { type KubeObject, type ResourceType, type Stored, typeKey } from '../../api';
import {
  type Cluster,
  ClusterError,
  type ObjectList,
  type Selection,
  type Watch,
  type WatchEvent,
  type WatchOptions,
} from '../../kube';
import { parseFieldSelector } from '../cluster/field-selector';
import { parseLabelSelector } from '../cluster/label-selector';

/** The one version of everything that does not change; clients take 0 for none. */
const VERSION = '1';

/** Objects that are as they are for as long as the process runs: they can be read, and nothing else. */
export class FixedCluster implements Cluster {
  readonly #objects = new Map<string, readonly Stored<KubeObject>[]>();

  /** @param now when the objects came to be, in milliseconds since the epoch */
  constructor(objects: readonly (readonly [ResourceType, readonly KubeObject[]])[], now: number) {
    const creationTimestamp = new Date(now).toISOString().replace(/\.\d{3}Z$/, 'Z');
    for (const [type, list] of objects) {
      const stored = list.map((object, index) => ({
        ...object,
        metadata: {
          name: '',
          uid: `00000000-0000-4000-8000-${typeKey(type).length.toString(16).padStart(4, '0')}${index.toString(16).padStart(8, '0')}`,
          resourceVersion: VERSION,
          creationTimestamp,
          ...object.metadata,
        },
      })) as Stored<KubeObject>[];
      stored.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
      this.#objects.set(typeKey(type), stored);
    }
  }

  async get<T extends KubeObject>(type: ResourceType<T>, _namespace: string | undefined, name: string) {
    return this.#all(type).find(({ metadata }) => metadata.name === name) as Stored<T> | undefined;
  }

  async list<T extends KubeObject>(type: ResourceType<T>, selection: Selection = {}): Promise<ObjectList<T>> {
    return { items: this.#select(type, selection) as readonly Stored<T>[], resourceVersion: VERSION };
  }

  watch<T extends KubeObject>(type: ResourceType<T>, options: WatchOptions, onEvent: (event: WatchEvent<T>) => void): Watch {
    let stop = () => {};
    const closed = new Promise<undefined>((resolve) => {
      stop = () => resolve(undefined);
    });
    try {
      const initial = options.resourceVersion ? [] : this.#select(type, options);
      queueMicrotask(() => {
        for (const object of initial) onEvent({ type: 'ADDED', object: object as Stored<T> });
        onEvent({ type: 'BOOKMARK', resourceVersion: VERSION });
      });
    } catch (error) {
      if (!ClusterError.is(error)) throw error;
      return { stop, closed: Promise.resolve(error) };
    }
    return { stop, closed };
  }

  create = refuse;
  update = refuse;
  updateStatus = refuse;
  patch = refuse;
  delete = refuse;

  #all(type: ResourceType): readonly Stored<KubeObject>[] {
    return this.#objects.get(typeKey(type)) ?? [];
  }

  #select(type: ResourceType, { labelSelector, fieldSelector }: Selection): readonly Stored<KubeObject>[] {
    const labels = parseLabelSelector(labelSelector);
    const fields = parseFieldSelector(type, fieldSelector);
    return this.#all(type).filter((object) => labels(object.metadata.labels) && fields(object));
  }
}

async function refuse(): Promise<never> {
  throw new ClusterError('MethodNotAllowed', 'the server does not allow this method on the requested resource');
}
