import { createHash } from 'node:crypto';
import { apiVersionOf, type EventTypeObject, EventTypeType, type KubeObject, type ResourceType, type Stored } from '../../api';
import { type Clock, type Executor, errorMessage, type Log } from '../../base';
import type { CloudEvent } from '../../eventing';
import { type Cluster, ClusterError, Informer } from '../../kube';

const DESCRIPTION = 'Event Type auto-created by controller';
/** Upstream leaves room at the end of names that are too long. */
const MAX_NAME = 253;
const ROOM = 10;

export interface EventTypeCatalogueOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly log: Log;
}

/**
 * Makes an EventType of each kind of events that a broker or channel takes, where the feature `eventtype-auto-create` is on: named and
 * owned as upstream does it, `dataschema` only where the event says one.
 */
export class EventTypeCatalogue {
  readonly #eventTypes: Informer<EventTypeObject>;
  /** Those that are being made. */
  readonly #coming = new Set<string>();

  constructor(private readonly options: EventTypeCatalogueOptions) {
    const { cluster, clock, log } = options;
    this.#eventTypes = new Informer(cluster, EventTypeType, clock, log);
  }

  start(): Promise<void> {
    return this.#eventTypes.start();
  }

  stop(): void {
    this.#eventTypes.stop();
  }

  /** An event was taken by an object of this type. */
  add<T extends KubeObject>(type: ResourceType<T>, owner: Stored<T>, event: CloudEvent): void {
    const { cluster, executor, log } = this.options;
    const { namespace = '' } = owner.metadata;
    const name = eventTypeName(owner.metadata.name, namespace, event);
    const key = `${namespace}/${name}`;
    if (this.#eventTypes.get(namespace, name) || this.#coming.has(key)) return;
    this.#coming.add(key);
    executor.run(`event type ${key}`, async () => {
      try {
        await cluster.create(EventTypeType, eventType(name, type, owner, event));
      } catch (error) {
        // An event is taken whether or not it is in the catalogue.
        if (!ClusterError.is(error, 'AlreadyExists')) log.warn('event type not made', { name: key, error: errorMessage(error) });
      } finally {
        this.#coming.delete(key);
      }
    });
  }
}

function eventTypeName(owner: string, namespace: string, { attributes: { type, source } }: CloudEvent): string {
  const hash = createHash('md5').update(`${type}${source}${namespace}${owner}`).digest('hex');
  const name = `et-${owner}-${hash}`;
  return name.length > MAX_NAME ? name.slice(0, MAX_NAME - ROOM) : name;
}

function eventType<T extends KubeObject>(
  name: string,
  type: ResourceType<T>,
  { metadata }: Stored<T>,
  { attributes: { type: ofEvents, source, specversion, dataschema } }: CloudEvent,
): EventTypeObject {
  const { name: owner, namespace = '', uid } = metadata;
  const apiVersion = apiVersionOf(type);
  return {
    apiVersion: apiVersionOf(EventTypeType),
    kind: EventTypeType.kind,
    metadata: { name, namespace, ownerReferences: [{ apiVersion, kind: type.kind, name: owner, uid }] },
    spec: {
      reference: { apiVersion, kind: type.kind, name: owner, namespace },
      description: DESCRIPTION,
      attributes: [
        { name: 'type', value: String(ofEvents), required: true },
        { name: 'source', value: String(source), required: true },
        ...(dataschema === undefined ? [] : [{ name: 'dataschema', value: String(dataschema), required: false }]),
        { name: 'specversion', value: String(specversion), required: true },
        { name: 'id', required: true },
      ],
    },
  } as EventTypeObject;
}
