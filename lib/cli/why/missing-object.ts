import {
  apiVersionOf,
  BrokerType,
  EventTypeType,
  findType,
  type KReference,
  type KubeObject,
  nearest,
  type ResourceType,
  servedTypes,
  TriggerType,
} from '../../api';
import type { WhyNode } from './why-node';
import type { World } from './world';

/** As an API server says that it has no such object: `services.serving.knative.dev "hello" not found`. */
const NOT_FOUND = /([a-z]+)((?:\.[a-z0-9-]+)*) "([^"]+)" not found/;
/** As a destination that cannot be resolved names its object. */
const AT = /failed to get object ([^/\s]+)\//;

/** The reference that a condition means without naming its object. */
function unnamed({ kind, namespace, name, reason }: WhyNode, world: World): KReference | undefined {
  const trigger = kind === TriggerType.kind ? world.get(TriggerType, namespace, name) : undefined;
  if (trigger && reason === 'BrokerDoesNotExist') {
    const { broker, brokerRef } = trigger.spec;
    const named = broker || brokerRef?.name;
    return named ? { apiVersion: apiVersionOf(BrokerType), kind: BrokerType.kind, name: named } : undefined;
  }
  const eventType = kind === EventTypeType.kind ? world.get(EventTypeType, namespace, name) : undefined;
  return reason === 'ResourceDoesNotExist' ? eventType?.spec.reference : undefined;
}

/** What to do about a reference to an object that is not there; undefined if that is not what is the matter. */
export function missingObjectRemedy(cause: WhyNode, world: World): string | undefined {
  const reference = unnamed(cause, world);
  if (reference) {
    const type = findType(reference.apiVersion ?? '', reference.kind ?? '');
    return type && remedy(type, reference.namespace || cause.namespace, reference.name ?? '', world);
  }
  const { message = '' } = cause;
  const [, plural, group = '', name = ''] = NOT_FOUND.exec(message) ?? [];
  const type = servedTypes.find((one) => one.plural === plural && one.group === group.slice(1));
  return type && remedy(type, AT.exec(message)?.[1] ?? cause.namespace, name, world);
}

function remedy(type: ResourceType, namespace: string, name: string, world: World): string {
  const others = world.all<KubeObject>(type).filter(({ metadata }) => metadata.namespace === namespace);
  const meant = nearest(
    name,
    others.map(({ metadata }) => metadata.name ?? ''),
  );
  const what = `${type.group === '' ? 'Kubernetes ' : ''}${type.kind} ${namespace}/${name}`;
  return `Create the ${what}, or correct the reference to it${meant ? `: there is ${meant}` : ''}.`;
}
