import { type KubeObject, keyOf, type ResourceType, type Stored, typeKey } from '../../api';
import { type Clock, KncError, type Log } from '../../base';
import { type Change, type Cluster, Informer } from '../../kube';
import type { Index } from '../reconciler';
import { matchesLabels } from './dependents';

/** Objects of one kind by one attribute: a label, the namespace or an index of a reconciler. */
interface Shelf {
  readonly values: (object: Stored<KubeObject>) => readonly string[];
  readonly buckets: Map<string, Map<string, Stored<KubeObject>>>;
}

/** All objects of one kind, with shelves that are built when something is first looked up by them. */
class KindStore {
  readonly #shelves = new Map<string, Shelf>();

  constructor(readonly informer: Informer<KubeObject>) {}

  update({ previous, next }: Change<KubeObject>): void {
    for (const shelf of this.#shelves.values()) {
      if (previous) for (const value of shelf.values(previous)) take(shelf, value, keyOf(previous));
      if (next) for (const value of shelf.values(next)) put(shelf, value, next);
    }
  }

  find(name: string, values: Shelf['values'], value: string): Stored<KubeObject>[] {
    let shelf = this.#shelves.get(name);
    if (!shelf) {
      shelf = { values, buckets: new Map() };
      this.#shelves.set(name, shelf);
      for (const object of this.informer.list()) for (const v of values(object)) put(shelf, v, object);
    }
    const found = [...(shelf.buckets.get(value)?.values() ?? [])];
    return found.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }
}

function put(shelf: Shelf, value: string, object: Stored<KubeObject>): void {
  let bucket = shelf.buckets.get(value);
  if (!bucket) {
    bucket = new Map();
    shelf.buckets.set(value, bucket);
  }
  bucket.set(keyOf(object), object);
}

function take(shelf: Shelf, value: string, key: string): void {
  const bucket = shelf.buckets.get(value);
  bucket?.delete(key);
  if (bucket?.size === 0) shelf.buckets.delete(value);
}

/** What the engine knows of the cluster: one informer per kind, and look-ups by name, labels and index. */
export class ObjectStore {
  readonly #kinds = new Map<string, KindStore>();

  constructor(
    types: readonly ResourceType[],
    options: { readonly cluster: Cluster; readonly clock: Clock; readonly log: Log },
    onChange: (type: ResourceType, change: Change<KubeObject>) => void,
  ) {
    for (const type of types) {
      if (this.#kinds.has(typeKey(type))) continue;
      const informer = new Informer<KubeObject>(options.cluster, type, options.clock, options.log);
      const kind = new KindStore(informer);
      informer.onChange((change) => {
        kind.update(change);
        onChange(type, change);
      });
      this.#kinds.set(typeKey(type), kind);
    }
  }

  /** Resolves once every kind has been listed. */
  async start(): Promise<void> {
    await Promise.all([...this.#kinds.values()].map((kind) => kind.informer.start()));
  }

  stop(): void {
    for (const kind of this.#kinds.values()) kind.informer.stop();
  }

  get(type: ResourceType, namespace: string | undefined, name: string): Stored<KubeObject> | undefined {
    return this.#kind(type).informer.get(namespace, name);
  }

  all(type: ResourceType): Stored<KubeObject>[] {
    return this.#kind(type).informer.list();
  }

  list(type: ResourceType, namespace: string, labels: Readonly<Record<string, string>>): Stored<KubeObject>[] {
    const kind = this.#kind(type);
    const [first] = Object.entries(labels);
    if (!first) return kind.find('namespace', (o) => [o.metadata.namespace ?? ''], namespace);
    const [key, value] = first;
    const found = kind.find(
      `label ${key}`,
      (o) => {
        const actual = o.metadata.labels?.[key];
        return actual === undefined ? [] : [`${o.metadata.namespace ?? ''}/${actual}`];
      },
      `${namespace}/${value}`,
    );
    return found.filter((object) => matchesLabels(object, labels));
  }

  find(type: ResourceType, index: Index, value: string): Stored<KubeObject>[] {
    return this.#kind(type).find(`index ${index.name}`, (object) => index.values(object), value);
  }

  #kind(type: ResourceType): KindStore {
    const kind = this.#kinds.get(typeKey(type));
    if (!kind) throw new KncError('KNC5101', `${typeKey(type)} was looked at, but no reconciler watches it`);
    return kind;
  }
}
