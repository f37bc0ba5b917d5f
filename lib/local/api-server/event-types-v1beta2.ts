import {
  type EventTypeObject,
  EventTypeType,
  type EventTypeV1beta2Object,
  eventAttributesOf,
  type KubeObject,
  type ResourceType,
  type Stored,
} from '../../api';
import {
  type Cluster,
  ClusterError,
  type Selection,
  type Watch,
  type WatchEvent,
  type WatchOptions,
  type WriteOptions,
} from '../../kube';
import { AdmissionRefusal } from '../cluster';

/** Written as version 1beta3, in which event types are stored; a broker becomes a reference. */
function toStored({ spec, ...rest }: EventTypeV1beta2Object): EventTypeObject {
  if (!spec?.type) throw new AdmissionRefusal('validation failed: missing field(s): spec.type');
  if (spec.schemaData) throw new AdmissionRefusal('validation failed: must not set the field(s): spec.schemaData');
  const { description, broker } = spec;
  const byBroker = broker ? ({ apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: broker } as const) : undefined;
  const reference = spec.reference ?? byBroker;
  return {
    ...rest,
    apiVersion: 'eventing.knative.dev/v1beta3',
    spec: {
      attributes: eventAttributesOf({ ...rest, spec }),
      ...(reference ? { reference } : {}),
      ...(description ? { description } : {}),
    },
  };
}

function fromStored({ spec, ...rest }: Stored<EventTypeObject>): Stored<EventTypeV1beta2Object> {
  const { attributes, ...shared } = spec;
  const value = (name: string) => attributes.find((attribute) => attribute.name === name)?.value;
  const [type, source, schema] = [value('type') ?? '', value('source'), value('dataschema')];
  return {
    ...rest,
    apiVersion: 'eventing.knative.dev/v1beta2',
    spec: { type, ...(source ? { source } : {}), ...(schema ? { schema } : {}), ...shared },
  } as Stored<EventTypeV1beta2Object>;
}

/** Event types as version 1beta2 says them, which kn does. They cannot be patched in it. */
export class EventTypesV1beta2 implements Cluster {
  constructor(private readonly cluster: Cluster) {}

  /** Objects of other kinds, such as the namespace, are as they are. */
  async get<T extends KubeObject>(type: ResourceType<T>, namespace: string | undefined, name: string) {
    if (type.kind !== EventTypeType.kind) return this.cluster.get(type, namespace, name);
    const found = await this.cluster.get(EventTypeType, namespace, name);
    return found && as<T>(found);
  }

  async list<T extends KubeObject>(_type: ResourceType<T>, selection?: Selection) {
    const { items, resourceVersion } = await this.cluster.list(EventTypeType, selection);
    return { items: items.map((item) => as<T>(item)), resourceVersion };
  }

  watch<T extends KubeObject>(_type: ResourceType<T>, options: WatchOptions, onEvent: (event: WatchEvent<T>) => void): Watch {
    return this.cluster.watch(EventTypeType, options, (event) =>
      onEvent(event.type === 'BOOKMARK' ? event : { type: event.type, object: as<T>(event.object) }),
    );
  }

  async create<T extends KubeObject>(_type: ResourceType<T>, object: T, options?: WriteOptions) {
    return as<T>(await this.cluster.create(EventTypeType, toStored(object as never), options));
  }

  async update<T extends KubeObject>(_type: ResourceType<T>, object: T, options?: WriteOptions) {
    return as<T>(await this.cluster.update(EventTypeType, toStored(object as never), options));
  }

  async updateStatus<T extends KubeObject>(_type: ResourceType<T>, object: T, options?: WriteOptions) {
    return as<T>(await this.cluster.updateStatus(EventTypeType, toStored(object as never), options));
  }

  async patch(): Promise<never> {
    throw new ClusterError('MethodNotAllowed', 'event types are patched as eventing.knative.dev/v1beta3 alone');
  }

  async delete<T extends KubeObject>(_type: ResourceType<T>, ...rest: DeleteRest) {
    const left = await this.cluster.delete(EventTypeType, ...rest);
    return left && as<T>(left);
  }
}

type DeleteRest = Parameters<Cluster['delete']> extends [unknown, ...infer Rest] ? Rest : never;

const as = <T extends KubeObject>(stored: Stored<EventTypeObject>): Stored<T> => fromStored(stored) as unknown as Stored<T>;
