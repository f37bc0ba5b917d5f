import {
  apiVersionOf,
  BrokerType,
  conditionOf,
  eventingGroups,
  findType,
  type KResourceStatus,
  type KubeObject,
  type ResourceType,
  servedTypes,
  TriggerType,
} from '../../api';
import { isJsonObject } from '../../base';
import { readyTrouble } from './ready-trouble';
import { type WhyNode, whyNode } from './why-node';
import type { World } from './world';

/** The kinds of Knative Eventing that are served. */
export const eventingTypes: readonly ResourceType[] = servedTypes.filter(({ group }) => eventingGroups.includes(group));

/** Kinds that this explains, as `apiVersion/kind`. */
export const eventingKinds: readonly string[] = eventingTypes.map((type) => `${apiVersionOf(type)}/${type.kind}`);

/** Sinks are found one after the other: what is said to be missing for so long is, in milliseconds. */
const SETTLED_MS = 2000;

interface Reference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

/** All references to objects in a spec, wherever they stand; that of a trigger to its broker among them. */
function references({ kind, metadata, spec }: KubeObject): Reference[] {
  const { namespace = '' } = metadata;
  const found: Reference[] = [];
  const look = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) look(item);
    if (!isJsonObject(value)) return;
    const { kind, name, apiVersion, namespace: other } = value;
    if (typeof kind === 'string' && typeof name === 'string' && typeof apiVersion === 'string') {
      found.push({ kind, name, apiVersion, namespace: typeof other === 'string' && other ? other : namespace });
    }
    for (const part of Object.values(value)) look(part);
  };
  look(spec);
  const broker = (spec as { readonly broker?: string } | undefined)?.broker;
  if (kind === TriggerType.kind && broker) {
    found.push({ kind: BrokerType.kind, name: broker, apiVersion: apiVersionOf(BrokerType), namespace });
  }
  return found;
}

/** Whether a reference, as it stands in an object of this namespace, means this object. */
export function isReferenceTo(
  reference: unknown,
  { apiVersion, kind, metadata }: KubeObject,
  from = metadata.namespace,
): boolean {
  if (!isJsonObject(reference)) return false;
  const { namespace } = reference;
  const isOf = reference['kind'] === kind && reference['apiVersion'] === apiVersion && reference['name'] === metadata.name;
  return isOf && ((namespace as string | undefined) || from) === metadata.namespace;
}

/**
 * Kinds of eventing may refer to one another in a circle: each is looked at once.
 * @param whyBelow for objects of other kinds
 */
export function whyEventing(
  object: KubeObject,
  world: World,
  whyBelow: (object: KubeObject) => WhyNode,
  seen: ReadonlySet<KubeObject> = new Set(),
): WhyNode {
  const trouble = readyTrouble(object);
  if (trouble.state === 'ready') return whyNode(object, trouble, []);
  const referred = references(object).flatMap(({ apiVersion, kind, namespace, name }) => {
    const type = findType(apiVersion, kind);
    return (type && world.get<KubeObject>(type, namespace, name)) ?? [];
  });
  // What it has made to do its work comes first: the subscriptions of a sequence, the deployment of a source.
  const below = [...new Set([...world.controlledBy(object), ...referred])].flatMap((target) => {
    if (target === object || seen.has(target)) return [];
    const own = eventingKinds.includes(`${target.apiVersion}/${target.kind}`);
    return [own ? whyEventing(target, world, whyBelow, new Set([...seen, object])) : whyBelow(target)];
  });
  const waits = below.filter(({ state }) => state !== 'ready');
  const said = conditionOf((object.status as KResourceStatus | undefined)?.conditions, 'Ready')?.lastTransitionTime;
  const fresh = said !== undefined && world.now - Date.parse(said) < SETTLED_MS;
  if (trouble.state !== 'failed' || (waits.length === 0 && !fresh)) return whyNode(object, trouble, waits);
  return whyNode(object, { ...trouble, state: 'waiting' }, waits);
}
