import {
  type ApiServerSource,
  apiServerEvents,
  type EventTypeObject,
  type EventTypeV1beta2Object,
  eventAttributesOf,
  type KubeObject,
  PING_EVENT,
  type SubscriptionsAPIFilter,
  type TriggerSpec,
} from '../../../lib/api';
import { type EventGraph, identityOf } from './event-graph';

/** Attributes of events of which someone says that they are sent; those that are not named may be anything. */
export type DeclaredEvent = Readonly<Record<string, string>>;

type Verdict = 'yes' | 'no' | 'perhaps';

function ofSource({ kind, metadata, spec }: KubeObject): readonly DeclaredEvent[] {
  const { name = '', namespace = '' } = metadata;
  if (kind === 'PingSource') {
    return [{ type: PING_EVENT, ...(namespace && { source: `/apis/v1/namespaces/${namespace}/pingsources/${name}` }) }];
  }
  if (kind !== 'ApiServerSource') return [];
  const { mode = 'Reference' } = spec as ApiServerSource['spec'];
  return apiServerEvents(mode).map((type) => ({ type }));
}

/** Values in which something stands for what differs say nothing. */
function ofEventType(object: KubeObject): DeclaredEvent {
  const attributes = eventAttributesOf(object as EventTypeObject | EventTypeV1beta2Object);
  return Object.fromEntries(
    attributes.flatMap(({ name, value }) => (value === undefined || value.includes('{') ? [] : [[name, value]])),
  );
}

/** Where the events of a type are sent; undefined: anywhere. */
function placeOf({ metadata, spec }: KubeObject): string | undefined {
  const { reference, broker } = spec as EventTypeV1beta2Object['spec'];
  const own = metadata.namespace ?? '';
  if (reference) return identityOf(reference.apiVersion ?? '', reference.kind, reference.namespace ?? own, reference.name);
  return broker ? identityOf('eventing.knative.dev/v1', 'Broker', own, broker) : undefined;
}

/** Events that a broker is declared to get. */
export interface DeclaredEvents {
  readonly events: readonly DeclaredEvent[];
  /** Whether there is a catalogue of them; otherwise anything else may come too. */
  readonly complete: boolean;
}

/** The events that sources and event types say go to a broker. */
export function declaredEvents(graph: EventGraph, broker: string): DeclaredEvents {
  const catalogue = graph.ofKind('EventType').map(({ object }) => ({ event: ofEventType(object), place: placeOf(object) }));
  const here = catalogue.filter(({ place }) => place === broker);
  const anywhere = catalogue.filter(({ place }) => place === undefined);
  const sources = graph.linksTo(broker, 'sink').flatMap(({ from }) => ofSource(from.object));
  return { events: [...here, ...anywhere].map(({ event }) => event).concat(sources), complete: here.length > 0 };
}

const both = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.includes('no') ? 'no' : verdicts.includes('perhaps') ? 'perhaps' : 'yes';
const either = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.includes('yes') ? 'yes' : verdicts.includes('perhaps') ? 'perhaps' : 'no';
const opposite: Readonly<Record<Verdict, Verdict>> = { yes: 'no', no: 'yes', perhaps: 'perhaps' };

function compare(
  wanted: Readonly<Record<string, string>>,
  event: DeclaredEvent,
  fits: (value: string, text: string) => boolean,
): Verdict {
  return both(
    Object.entries(wanted).map(([name, text]) => {
      const value = Object.hasOwn(event, name) ? event[name] : undefined;
      return value === undefined ? 'perhaps' : fits(value, text) ? 'yes' : 'no';
    }),
  );
}

function verdictOf(filter: SubscriptionsAPIFilter, event: DeclaredEvent): Verdict {
  const { exact, prefix, suffix, all = [], any = [], not } = filter;
  if (exact) return compare(exact, event, (value, text) => value === text);
  if (prefix) return compare(prefix, event, (value, text) => value.startsWith(text));
  if (suffix) return compare(suffix, event, (value, text) => value.endsWith(text));
  if (all.length > 0) return both(all.map((one) => verdictOf(one, event)));
  if (any.length > 0) return either(any.map((one) => verdictOf(one, event)));
  return not ? opposite[verdictOf(not, event)] : 'perhaps';
}

/** The filters of a trigger, the older one among them where it counts. */
export function filtersOfTrigger({ filter, filters = [] }: Partial<TriggerSpec>): readonly SubscriptionsAPIFilter[] {
  if (filters.length > 0) return filters;
  const named = Object.entries(filter?.attributes ?? {}).filter(([, value]) => value !== '');
  return named.length > 0 ? [{ exact: Object.fromEntries(named) }] : [];
}

/** Whether an event with these attributes, and whatever others, may pass. */
export const mayPass = (filters: readonly SubscriptionsAPIFilter[], event: DeclaredEvent): boolean =>
  both(filters.map((filter) => verdictOf(filter, event))) !== 'no';

/** Types that only Knative's own sources send. */
export const isOfSource = (type: string): boolean => type.startsWith('dev.knative.');
