import {
  BrokerType,
  ChannelType,
  eventingGroups,
  findType,
  type KResourceStatus,
  type KubeObject,
  SubscriptionType,
  servedTypes,
  TriggerType,
} from '../../api';
import { isJsonObject } from '../../base';
import { why } from '../why/why';
import { isReferenceTo } from '../why/why-eventing';
import type { Trouble } from '../why/why-node';
import type { World } from '../why/world';

/** One thing that is known of the way of events: `sends to` and an address. */
export interface FlowFact {
  readonly label: string;
  readonly text: string;
}

/** Conditions of an object that are not met, but for the one that sums them up. */
export interface UnmetCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

const isEventing = ({ apiVersion }: KubeObject): boolean => eventingGroups.includes(apiVersion.split('/')[0]!);

/** A field of a status or spec by its path, if it is a text that says something. */
function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = path.reduce<unknown>((at, key) => (isJsonObject(at) ? at[key] : undefined), value);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

const facts = (label: string, ...texts: readonly (string | undefined)[]): FlowFact[] =>
  texts.flatMap((text) => (text === undefined ? [] : [{ label, text }]));

function originOf({ kind, spec }: KubeObject): string | undefined {
  const broker = textAt(spec, 'broker') ?? textAt(spec, 'brokerRef', 'name');
  if (broker !== undefined) return `Broker ${broker}`;
  const channel = textAt(spec, 'channel', 'name');
  return kind === SubscriptionType.kind && channel !== undefined
    ? `${textAt(spec, 'channel', 'kind') ?? ChannelType.kind} ${channel}`
    : undefined;
}

/** What a trigger wants of events, as JSON; undefined if it wants them all. */
function filterOf({ kind, spec }: KubeObject): string | undefined {
  if (kind !== TriggerType.kind || !isJsonObject(spec)) return undefined;
  const { filters, filter } = spec;
  if (Array.isArray(filters) && filters.length > 0) return filters.map((one) => JSON.stringify(one)).join(' and ');
  const attributes = isJsonObject(filter) && isJsonObject(filter['attributes']) ? Object.entries(filter['attributes']) : [];
  return attributes.length > 0 ? attributes.map(([name, value]) => `${name}=${value || '(any)'}`).join(', ') : undefined;
}

function outcome(object: KubeObject, world: World): string {
  const status = object.status;
  const to = textAt(status, 'subscriberUri') ?? textAt(status, 'physicalSubscription', 'subscriberUri');
  const { state } = why(object, world);
  return `${object.kind} ${object.metadata.name} → ${to ?? '(no address yet)'}${state === 'ready' ? '' : `  (${state === 'failed' ? 'failed' : 'not ready yet'})`}`;
}

/** Triggers of a broker, subscriptions of a channel, steps of a sequence and branches of a parallel. */
export function consumersOf(object: KubeObject, world: World): readonly KubeObject[] {
  if (!isEventing(object)) return [];
  const { namespace = '', name = '' } = object.metadata;
  if (object.kind === BrokerType.kind) {
    return world
      .all(TriggerType)
      .filter(({ metadata, spec }) => metadata.namespace === namespace && (spec.broker || spec.brokerRef?.name) === name);
  }
  const own = world.controlledBy(object).filter(({ kind }) => kind === SubscriptionType.kind);
  return own.length > 0
    ? own
    : world
        .all(SubscriptionType)
        .filter(({ metadata, spec }) => metadata.namespace === namespace && isReferenceTo(spec.channel, object));
}

/** Sources that send to an object. */
function sendersTo(object: KubeObject, world: World): readonly string[] {
  return servedTypes
    .filter(({ group }) => group === 'sources.knative.dev')
    .flatMap((type) => world.all<KubeObject>(type))
    .filter(({ spec, metadata }) => {
      const sink = isJsonObject(spec) ? spec['sink'] : undefined;
      const ref = isJsonObject(sink) ? sink['ref'] : undefined;
      return isReferenceTo(ref, object, metadata.namespace);
    })
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
}

/** The name by which `knc events --log` knows a broker or channel. */
function logOf({ kind, metadata }: KubeObject): string | undefined {
  const at = `${metadata.namespace}/${metadata.name}`;
  if (kind === BrokerType.kind) return at;
  return kind === ChannelType.kind || kind === 'InMemoryChannel' ? `channel/${at}` : undefined;
}

/**
 * Where events come from, where they go and what becomes of those that nobody takes, as far as it is known; nothing of kinds that have
 * nothing to do with events. Pure.
 *
 * @param local a knc dev, which can be asked for the events themselves
 */
export function eventFlow(object: KubeObject, world: World, local: boolean): readonly FlowFact[] {
  if (!isEventing(object)) return [];
  const { spec, status } = object;
  const log = local ? logOf(object) : undefined;
  const consumers = consumersOf(object, world);
  const takes = findType(object.apiVersion, object.kind) === BrokerType;
  return [
    ...facts('address', textAt(status, 'address', 'url')),
    ...facts('takes from', originOf(object), ...sendersTo(object, world)),
    ...facts('wants', filterOf(object)),
    ...facts('schedule', textAt(spec, 'schedule')),
    ...facts(
      'sends to',
      textAt(status, 'subscriberUri'),
      textAt(status, 'physicalSubscription', 'subscriberUri'),
      textAt(status, 'sinkUri'),
      ...consumers.map((one) => outcome(one, world)),
    ),
    ...(takes && consumers.length === 0 ? facts('sends to', 'nobody: there is no trigger, its events are dropped') : []),
    ...facts('replies to', textAt(status, 'physicalSubscription', 'replyUri')),
    ...facts('dead letters', textAt(status, 'deadLetterSinkUri'), textAt(status, 'physicalSubscription', 'deadLetterSinkUri')),
    ...facts('events', log && `knc events --log ${log}`),
  ];
}

/** What is not as it should be, of all that an object of Eventing says of itself, but for what is said of the cause anyhow. */
export function unmetConditions(object: KubeObject, cause: Trouble): readonly UnmetCondition[] {
  if (!isEventing(object)) return [];
  const { conditions = [] } = (object.status ?? {}) as KResourceStatus;
  return conditions
    .filter(({ type, status }) => type !== 'Ready' && status !== 'True')
    .filter(({ reason = '', message = '' }) => reason !== (cause.reason ?? '') || message !== (cause.message ?? ''))
    .map(({ type, status, reason, message }) => ({
      ...{ type, status },
      ...(reason ? { reason } : {}),
      ...(message ? { message } : {}),
    }));
}
