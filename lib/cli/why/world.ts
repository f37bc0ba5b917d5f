import { controllerOf, type Event, EventType, type KubeObject, keyOf, type ResourceType, typeKey } from '../../api';

/** The objects that an explanation looks at, as they are at one moment. */
export class World {
  readonly #byKey = new Map<string, KubeObject>();
  readonly #byKind = new Map<string, KubeObject[]>();
  #byController: Map<string, KubeObject[]> | undefined;
  readonly #byLabel = new Map<string, Map<string, KubeObject[]>>();

  /**
   * @param objects all objects that may matter
   * @param now the time, in milliseconds since the epoch
   * @param logs the last lines that a pod printed, oldest first
   */
  constructor(
    objects: Iterable<KubeObject>,
    readonly now: number,
    readonly logs: (namespace: string, pod: string) => readonly string[] = () => [],
  ) {
    for (const object of objects) {
      const kind = kindKey(object);
      this.#byKey.set(`${kind} ${keyOf(object)}`, object);
      const all = this.#byKind.get(kind) ?? [];
      all.push(object);
      this.#byKind.set(kind, all);
    }
  }

  get<T extends KubeObject>(type: ResourceType<T>, namespace: string, name: string): T | undefined {
    return this.#byKey.get(`${typeKey(type)} ${namespace}/${name}`) as T | undefined;
  }

  all<T extends KubeObject>(type: ResourceType<T>): readonly T[] {
    return (this.#byKind.get(typeKey(type)) ?? []) as T[];
  }

  /** Objects of a kind in a namespace that carry this label. */
  labelled<T extends KubeObject>(type: ResourceType<T>, namespace: string, label: string, value: string): readonly T[] {
    const key = `${typeKey(type)} ${label}`;
    const index = this.#byLabel.get(key) ?? this.#indexed(type, label);
    this.#byLabel.set(key, index);
    return (index.get(`${namespace}/${value}`) ?? []) as T[];
  }

  /** What an object controls. */
  controlledBy({ apiVersion, kind, metadata: { namespace, name } }: KubeObject): readonly KubeObject[] {
    const index = this.#byController ?? this.#indexedByController();
    this.#byController = index;
    return index.get(`${apiVersion}/${kind} ${namespace}/${name}`) ?? [];
  }

  #indexedByController(): Map<string, KubeObject[]> {
    const index = new Map<string, KubeObject[]>();
    for (const object of this.#byKey.values()) {
      const owner = controllerOf(object);
      if (!owner) continue;
      const at = `${owner.apiVersion}/${owner.kind} ${object.metadata.namespace}/${owner.name}`;
      const all = index.get(at) ?? [];
      all.push(object);
      index.set(at, all);
    }
    return index;
  }

  #indexed(type: ResourceType, label: string): Map<string, KubeObject[]> {
    const index = new Map<string, KubeObject[]>();
    for (const object of this.all(type)) {
      const value = object.metadata.labels?.[label];
      if (value === undefined) continue;
      const at = `${object.metadata.namespace ?? ''}/${value}`;
      const all = index.get(at) ?? [];
      all.push(object);
      index.set(at, all);
    }
    return index;
  }

  /** The last warning about an object. */
  warning({ kind, metadata }: KubeObject): Event | undefined {
    const about = this.all(EventType).filter(
      ({ type, involvedObject }) =>
        type === 'Warning' &&
        involvedObject.kind === kind &&
        involvedObject.namespace === metadata.namespace &&
        involvedObject.name === metadata.name,
    );
    return about.sort((a, b) => (a.lastTimestamp ?? '').localeCompare(b.lastTimestamp ?? '')).at(-1);
  }
}

function kindKey({ apiVersion, kind }: KubeObject): string {
  const [group, version] = apiVersion.includes('/') ? (apiVersion.split('/') as [string, string]) : ['', apiVersion];
  return typeKey({ group, version, kind });
}
