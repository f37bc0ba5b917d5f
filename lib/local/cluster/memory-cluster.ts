import { EventType, type KubeObject, NamespaceType, type ResourceType, type Stored, typeKey } from '../../api';
import { type Clock, jsonEqual, type Random, randomSuffix, randomUuid } from '../../base';
import {
  type Cluster,
  ClusterError,
  type DeleteOptions,
  type ObjectList,
  type PatchOptions,
  type PatchType,
  type Selection,
  type Watch,
  type WatchEvent,
  type WatchOptions,
  type WriteOptions,
} from '../../kube';
import { MemoryStore, type Store } from '../store';
import { appliedConfig } from './applied-config';
import { isReleased, markedForDeletion } from './deletion';
import { EventExpiry } from './event-expiry';
import { parseFieldSelector } from './field-selector';
import { GarbageCollector } from './garbage-collector';
import { parseLabelSelector } from './label-selector';
import { Namespaces } from './namespaces';
import { ObjectSpace } from './object-space';
import type { AnyStored } from './object-table';
import { OwnedWrites, type Tracked } from './owned-writes';
import { patched } from './patched';
import { alreadyExists, notFound, uidOfNone } from './refusals';
import { CoreRules } from './rules/core-rules';
import { parseWatchVersion } from './watch-hub';
import {
  checkKind,
  checkPreconditions,
  checkSeen,
  created,
  MAX_GENERATED_BASE,
  nextGeneration,
  specDiffers,
  statusUpdated,
  updated,
} from './write-rules';

/** What else there is at the moment of a write. */
export interface PresentObjects {
  get<T extends KubeObject>(type: ResourceType<T>, namespace: string | undefined, name: string): Stored<T> | undefined;
  list<T extends KubeObject>(type: ResourceType<T>, namespace: string): readonly Stored<T>[];
}

/**
 * Looks at every object that is about to be created or updated (not at writes of the status alone): returns it, perhaps with
 * defaults filled in, or throws a ClusterError. `old` is the object as it is stored, undefined on create; `user` is who writes,
 * if that is known.
 */
export type Admission = (
  object: KubeObject,
  old: KubeObject | undefined,
  operation: 'create' | 'update',
  user: string | undefined,
  present: PresentObjects,
) => KubeObject;

export interface MemoryClusterOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** The kinds that this cluster knows; core/v1 Namespace is always among them. */
  readonly types: readonly ResourceType[];
  /** Changes objects before they are completed and checked. @default nothing is changed */
  readonly mutation?: Admission;
  /** @default everything is admitted as it is */
  readonly admission?: Admission;
  /** Where objects are kept. @default a MemoryStore */
  readonly store?: Store;
  /** How many changes of each kind a watch can go back. @default 1000 */
  readonly history?: number;
}

/** How often another suffix is tried when a generated name is taken. */
const GENERATE_ATTEMPTS = 8;

/**
 * A Kubernetes API server's objects in memory, with its semantics and its messages, but that namespaces need not be created
 * first. Label selectors are evaluated on the objects of the namespace (or the kind): whoever looks often keeps an informer, with
 * the indexes that it needs.
 */
export class MemoryCluster implements Cluster {
  readonly #space: ObjectSpace;
  readonly #rules: CoreRules;
  readonly #namespaces: Namespaces;
  readonly #events: EventExpiry;
  readonly #owned: OwnedWrites;
  readonly #present: PresentObjects = {
    get: <T extends KubeObject>(type: ResourceType<T>, namespace: string | undefined, name: string) =>
      this.#find(type, namespace, name) as Stored<T> | undefined,
    list: <T extends KubeObject>(type: ResourceType<T>, namespace: string) =>
      this.#select(type, { namespace }) as unknown as readonly Stored<T>[],
  };

  constructor(private readonly options: MemoryClusterOptions) {
    const types = options.types.includes(NamespaceType) ? options.types : [...options.types, NamespaceType];
    this.#space = new ObjectSpace(options.store ?? new MemoryStore(), types, options.history ?? 1000);
    this.#rules = new CoreRules(this.#space, options.random);
    const writes = {
      create: (object: KubeObject) => void this.#create(NamespaceType, object),
      delete: (type: ResourceType, object: AnyStored, how: DeleteOptions) => this.#delete(type, object, how),
      setMetadata: (type: ResourceType, object: AnyStored, metadata: AnyStored['metadata']) =>
        void this.#commit(type, object, { ...object, metadata }),
      finalize: (namespace: AnyStored) => void this.#commit(NamespaceType, namespace, namespace, true),
    };
    this.#namespaces = new Namespaces(this.#space, writes);
    new GarbageCollector(this.#space, writes);
    this.#owned = new OwnedWrites(options.clock);
    this.#events = new EventExpiry(this.#space, options.clock, (event) => this.#delete(EventType, event, {}));
  }

  async get<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string | undefined,
    name: string,
  ): Promise<Stored<T> | undefined> {
    return this.#find(type, namespace, name) as Stored<T> | undefined;
  }

  async list<T extends KubeObject>(type: ResourceType<T>, selection: Selection = {}): Promise<ObjectList<T>> {
    const items = this.#select(type, selection) as unknown as Stored<T>[];
    return { items, resourceVersion: String(this.#space.version) };
  }

  watch<T extends KubeObject>(type: ResourceType<T>, options: WatchOptions, onEvent: (event: WatchEvent<T>) => void): Watch {
    try {
      const table = this.#space.table(type);
      return this.#space.hub.watch(
        table.type,
        this.#matcher(type, options),
        parseWatchVersion(options.resourceVersion),
        () => this.#select(type, options),
        this.#space.version,
        onEvent as (event: WatchEvent<KubeObject>) => void,
        options.onAccepted,
      );
    } catch (error) {
      if (!ClusterError.is(error)) throw error;
      return { stop: () => {}, closed: Promise.resolve(error) };
    }
  }

  async create<T extends KubeObject>(type: ResourceType<T>, object: T, options: WriteOptions = {}): Promise<Stored<T>> {
    return this.#create(type, object, options) as unknown as Stored<T>;
  }

  async update<T extends KubeObject>(type: ResourceType<T>, object: T, options: WriteOptions = {}): Promise<Stored<T>> {
    const input = checkKind(type, object);
    const old = this.#existing(type, input.metadata.namespace, input.metadata.name ?? '');
    return this.#update(type, old, input, options) as unknown as Stored<T>;
  }

  async updateStatus<T extends KubeObject>(type: ResourceType<T>, object: T, options: WriteOptions = {}): Promise<Stored<T>> {
    const input = checkKind(type, object);
    const old = this.#existing(type, input.metadata.namespace, input.metadata.name ?? '');
    return this.#updateStatus(type, old, input, options) as unknown as Stored<T>;
  }

  async patch<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string | undefined,
    name: string,
    patchType: PatchType,
    patch: unknown,
    options: PatchOptions = {},
  ): Promise<Stored<T>> {
    if (patchType === 'apply') return this.#apply(type, namespace, name, patch, options) as unknown as Stored<T>;
    const old = this.#existing(type, namespace, name);
    checkPreconditions(type, old, { resourceVersion: options.resourceVersion });
    const input = checkKind(type, patched(type, old, patchType, patch, options.subresource));
    const write = options.subresource === 'status' ? this.#updateStatus : this.#update;
    return write.call(this, type, old, input, options) as unknown as Stored<T>;
  }

  async delete<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string | undefined,
    name: string,
    options: DeleteOptions = {},
  ): Promise<Stored<T> | undefined> {
    const old = this.#existing(type, namespace, name);
    checkSeen(type, old, options);
    return this.#delete(type, old, options) as unknown as Stored<T> | undefined;
  }

  #find(type: ResourceType, namespace: string | undefined, name: string): AnyStored | undefined {
    return this.#space.table(type).get(type.namespaced ? namespace : undefined, name);
  }

  #existing(type: ResourceType, namespace: string | undefined, name: string): AnyStored {
    const object = this.#find(type, namespace, name);
    if (!object) throw notFound(type, name);
    return object;
  }

  #matcher(type: ResourceType, { namespace, labelSelector, fieldSelector }: Selection): (object: KubeObject) => boolean {
    const inNamespace = namespace !== undefined && type.namespaced ? namespace : undefined;
    const labels = labelSelector ? parseLabelSelector(labelSelector) : undefined;
    const fields = fieldSelector ? parseFieldSelector(type, fieldSelector) : undefined;
    return (object) =>
      (inNamespace === undefined || object.metadata.namespace === inNamespace) &&
      (labels === undefined || labels(object.metadata.labels)) &&
      (fields === undefined || fields(object));
  }

  #select(type: ResourceType, selection: Selection): AnyStored[] {
    const objects = this.#space.table(type).list(type.namespaced ? selection.namespace : undefined);
    return selection.labelSelector || selection.fieldSelector ? objects.filter(this.#matcher(type, selection)) : objects;
  }

  #apply(type: ResourceType, namespace: string | undefined, name: string, patch: unknown, options: PatchOptions): AnyStored {
    const config = appliedConfig(type, namespace, name, patch, options);
    const old = this.#find(type, namespace, name);
    if (!old) {
      if (options.subresource) throw notFound(type, name);
      if (config.metadata.uid) throw uidOfNone(type, name, config.metadata.uid);
    } else
      checkPreconditions(type, old, {
        resourceVersion: options.resourceVersion ?? config.metadata.resourceVersion,
        uid: config.metadata.uid,
      });
    const { object, owners } = this.#owned.applied(type, old, config, options);
    const input = checkKind(type, object);
    if (!old) return this.#create(type, input, options, owners);
    const write = options.subresource === 'status' ? this.#updateStatus : this.#update;
    return write.call(this, type, old, input, options, owners);
  }

  #create(type: ResourceType, object: KubeObject, options: PatchOptions = {}, tracked?: Tracked): AnyStored {
    const table = this.#space.table(type);
    const input = checkKind(type, object);
    const { namespace } = input.metadata;
    const name = input.metadata.name || this.#generateName(type, input);
    const fresh = created(type, input, name, randomUuid(this.options.random), this.options.clock.now());
    if (table.get(namespace, name)) throw alreadyExists(type, name);
    const track = tracked ?? this.#owned.tracking(type, undefined, input, options);
    const admitted = this.#admit(type, fresh, undefined, track, options.user);
    if (options.dryRun) return admitted as AnyStored;
    this.#namespaces.use(type, admitted);
    if (typeKey(type) === typeKey(EventType)) this.#events.sweep();
    return this.#space.put(type, admitted);
  }

  #generateName(type: ResourceType, { metadata }: KubeObject): string {
    if (!metadata.generateName) return '';
    const base = metadata.generateName.slice(0, MAX_GENERATED_BASE);
    let name = '';
    for (let attempt = 0; attempt < GENERATE_ATTEMPTS; attempt++) {
      name = base + randomSuffix(this.options.random);
      if (!this.#find(type, metadata.namespace, name)) break;
    }
    return name;
  }

  #admit(type: ResourceType, object: KubeObject, old: AnyStored | undefined, track: Tracked, user?: string): KubeObject {
    const { mutation, admission } = this.options;
    const operation = old ? 'update' : 'create';
    const mutated = mutation?.(object, old, operation, user, this.#present) ?? object;
    const completed = track(this.#rules.apply(type, mutated, old));
    return admission?.(completed, old, operation, user, this.#present) ?? completed;
  }

  #update(type: ResourceType, old: AnyStored, input: KubeObject, options: PatchOptions, tracked?: Tracked): AnyStored {
    checkPreconditions(type, old, input.metadata);
    const track = tracked ?? this.#owned.tracking(type, old, input, options);
    const admitted = this.#admit(type, updated(type, old, input), old, track, options.user);
    const next = specDiffers(old, admitted) ? nextGeneration(admitted) : admitted;
    return options.dryRun ? (next as AnyStored) : this.#commit(type, old, next);
  }

  #updateStatus(type: ResourceType, old: AnyStored, input: KubeObject, options: PatchOptions, tracked?: Tracked): AnyStored {
    checkPreconditions(type, old, input.metadata);
    const track = tracked ?? this.#owned.tracking(type, old, input, { ...options, subresource: 'status' });
    const next = track(statusUpdated(type, old, input)) as AnyStored;
    return options.dryRun ? next : this.#commit(type, old, next);
  }

  /** Stores what differs from `old`; an object that is being deleted and that nothing holds any more goes with it. */
  #commit(type: ResourceType, old: AnyStored, next: KubeObject, always = false): AnyStored {
    if (!always && jsonEqual(old, next)) return old;
    return isReleased(type, next as AnyStored) ? this.#space.remove(type, next as AnyStored) : this.#space.put(type, next);
  }

  /** The object as it is being deleted, or undefined if it is gone. */
  #delete(type: ResourceType, object: AnyStored, options: DeleteOptions): AnyStored | undefined {
    const marked = markedForDeletion(type, object, options, this.options.clock.now());
    const released = isReleased(type, marked);
    if (options.dryRun) return released ? undefined : marked;
    if (!released) return marked === object ? object : this.#space.put(type, marked);
    this.#space.remove(type, object);
    return undefined;
  }
}
