import { createHash } from 'node:crypto';
import { type KubeObject, type ResourceType, type Stored, typeKey } from '../../api';
import { timestamp } from '../../base';
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

/** Kinds, and what makes their objects when they are first asked for. */
export type FixedObjects = readonly (readonly [ResourceType, () => readonly KubeObject[]])[];

/** Objects that are as they are for as long as the process runs: they can be read, and nothing else. */
export class FixedCluster implements Cluster {
  readonly #makers: ReadonlyMap<string, () => readonly KubeObject[]>;
  readonly #objects = new Map<string, readonly Stored<KubeObject>[]>();

  /** @param now when the objects came to be, in milliseconds since the epoch */
  constructor(
    objects: FixedObjects,
    private readonly now: number,
  ) {
    this.#makers = new Map(objects.map(([type, make]) => [typeKey(type), make]));
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
    const key = typeKey(type);
    const known = this.#objects.get(key);
    if (known) return known;
    const objects = (this.#makers.get(key)?.() ?? []).map((object) => this.#stored(object));
    objects.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    this.#objects.set(key, objects);
    return objects;
  }

  #stored(object: KubeObject): Stored<KubeObject> {
    const { kind, metadata } = object;
    const { name = '' } = metadata;
    const uid = uidOf(`${kind}/${name}`);
    const creationTimestamp = timestamp(this.now);
    return { ...object, metadata: { ...metadata, name, uid, resourceVersion: VERSION, creationTimestamp } };
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

/** The same for the same object whenever it is made. */
function uidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
