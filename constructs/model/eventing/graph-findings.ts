import {
  annotationOf,
  annotations,
  type Broker,
  brokerClassOf,
  consumerAnnotation,
  consumerOptions,
  defaultEventingConfig,
  type Trigger,
} from '../../../lib/api';
import type { FieldError } from '../../../lib/base';
import type { GraphRule } from '../metadata';
import { declaredEvents, filtersOfTrigger, isOfSource, mayPass } from './declared-events';
import { endlessCycles } from './event-cycles';
import { type EventGraph, type GraphObject, type Link, objectIdentity, shortName } from './event-graph';

/** Something about the way of events, and the object whose author can change it. */
export interface GraphFinding {
  readonly owner: GraphObject;
  readonly rule: GraphRule;
  readonly error: FieldError;
}

type Check = (graph: EventGraph) => readonly GraphFinding[];

const finding = (owner: GraphObject, rule: GraphRule, message: string, path: string, remedy: string): GraphFinding => ({
  owner,
  rule,
  error: { message, paths: [path], remedy, level: 'warning' },
});

const linkName = ({ kind, name, namespace, from }: Link): string =>
  namespace && namespace !== from.object.metadata.namespace ? `${kind} ${namespace}/${name}` : `${kind} ${name}`;

const dangling: Check = (graph) =>
  graph.links
    .filter(({ to }) => !graph.has(to))
    .map((link) =>
      finding(
        link.from,
        'dangling-sink',
        `nothing in this app makes ${linkName(link)}`,
        link.field,
        'Correct the name; or, if it is there already, say so with a from…Name() of its construct.',
      ),
    );

const endless: Check = (graph) =>
  endlessCycles(graph, ({ object }) => objectIdentity(object)).map(({ through, owners }) => {
    const names = [...through, through[0]!].map(({ object }) => shortName(object, owners[0]!.object));
    const message = `events go round for ever: ${names.join(' → ')}`;
    const remedy = 'Give one of the triggers a filter that an event does not pass a second time.';
    const field = owners[0]!.object.kind === 'Trigger' ? 'spec.filters' : 'spec';
    const silent = owners.find(({ silence }) => silence.includes('endless-cycle'));
    return finding(silent ?? owners[0]!, 'endless-cycle', message, field, remedy);
  });

const neverMatching: Check = (graph) =>
  graph.ofKind('Trigger').flatMap((owner) => {
    const filters = filtersOfTrigger((owner.object as Trigger).spec ?? {});
    const broker = graph.links.find(({ from, role }) => from === owner && role === 'broker');
    if (!broker || filters.length === 0) return [];
    const { events, complete } = declaredEvents(graph, broker.to);
    const asksForSource = filters.some(({ exact }) => isOfSource(exact?.['type'] ?? ''));
    if ((!complete && !asksForSource) || !graph.get(broker.to)) return [];
    if (events.some((event) => mayPass(filters, event))) return [];
    const types = [...new Set(events.flatMap(({ type }) => type ?? []))].sort();
    const told = types.length > 0 ? `: ${types.join(', ')}` : '';
    const message = `no event that is declared for ${linkName(broker)} passes these filters${told}`;
    const remedy = complete
      ? 'Correct the filters, or declare the events with an EventType.'
      : 'Lead a source of them to the broker.';
    return [finding(owner, 'never-matches', message, 'spec.filters', remedy)];
  });

/** Joins of which a type never comes, and those of which the events are lost when they are not complete in time. */
const joins: Check = (graph) =>
  graph.ofKind('Trigger').flatMap((owner) => {
    const { spec, metadata } = owner.object as Trigger;
    const { join } = consumerOptions(metadata.annotations);
    const broker = graph.links.find(({ from, role }) => from === owner && role === 'broker');
    const there = broker && (graph.get(broker.to)?.object as Broker | undefined);
    if (!join || !broker || !there) return [];
    const path = (name: 'join-types' | 'join-partial') => `metadata.annotations[${consumerAnnotation(name)}]`;
    const { events, complete } = declaredEvents(graph, broker.to);
    const filters = filtersOfTrigger(spec);
    const never = join.types.filter((type) => !events.some((event) => mayPass([...filters, { exact: { type } }], event)));
    const sink = spec.delivery ? spec.delivery.deadLetterSink : there.spec?.delivery?.deadLetterSink;
    const message = `no event of type ${never.join(', ')} is declared for ${linkName(broker)}: nothing is ever joined`;
    const lost = 'events of which the others do not come in time are lost: there is no dead letter sink';
    const remedy = "Give it a dead letter sink, or say { partial: 'deliver' } or { partial: 'drop' }.";
    return [
      ...(complete && never.length > 0
        ? [
            finding(
              owner,
              'never-matches',
              message,
              path('join-types'),
              'Correct the types, or declare the events with an EventType.',
            ),
          ]
        : []),
      ...(join.partial === 'deadLetter' && !sink ? [finding(owner, 'lost-joins', lost, path('join-partial'), remedy)] : []),
    ];
  });

const unreadDeadLetters: Check = (graph) => {
  const readers = { Broker: 'broker', Channel: 'channel', InMemoryChannel: 'channel' } as const;
  return graph.links.flatMap((link) => {
    const target = graph.get(link.to);
    const role = readers[target?.object.kind as keyof typeof readers];
    if (link.role !== 'deadLetter' || !target || !role || graph.linksTo(link.to, role).length > 0) return [];
    const message = `${linkName(link)} gets what cannot be delivered, and nobody reads it`;
    const how = role === 'broker' ? 'Add a trigger to it' : 'Subscribe to it';
    return [finding(link.from, 'unread-dead-letters', message, link.field, `${how}, or send dead letters to a service.`)];
  });
};

const duplicateTriggers: Check = (graph) => {
  const first = new Map<string, GraphObject>();
  return graph.ofKind('Trigger').flatMap((owner) => {
    const identity = objectIdentity(owner.object);
    const before = first.get(identity);
    if (!before) first.set(identity, owner);
    if (!before) return [];
    const message = `${before.path} makes a trigger of the name ${JSON.stringify(owner.object.metadata.name)} too`;
    return [
      finding(owner, 'duplicate-trigger', message, 'metadata.name', 'Give one of them another name: one replaces the other.'),
    ];
  });
};

const brokerClasses: Check = (graph) =>
  graph.ofKind('Trigger').flatMap((owner) => {
    const key = annotations.kafkaDeliveryOrder[0];
    const order = annotationOf(owner.object.metadata.annotations, annotations.kafkaDeliveryOrder);
    const link = graph.links.find(({ from, role }) => from === owner && role === 'broker');
    const broker = link && graph.get(link.to);
    if (order === undefined || !broker) return [];
    const name = brokerClassOf(broker.object as Broker) || defaultEventingConfig.broker.brokerClass;
    if (name.startsWith('Kafka')) return [];
    const message = `the order of delivery is kept by brokers of class Kafka alone; ${shortName(broker.object, owner.object)} is of class ${name}`;
    const remedy = "Give the broker the class 'Kafka', or leave the annotation out.";
    return [finding(owner, 'broker-class', message, `metadata.annotations[${key}]`, remedy)];
  });

const acrossNamespaces: Check = (graph) =>
  graph.links
    .filter(({ from, role }) => from.object.kind === 'Trigger' && role === 'subscriber')
    .filter(({ from, namespace }) => namespace !== (from.object.metadata.namespace ?? namespace))
    .map((link) => {
      const { namespace } = link.from.object.metadata;
      const message = `upstream Knative looks for ${link.kind} ${link.name} in the namespace of the trigger, ${JSON.stringify(namespace)}, not in ${JSON.stringify(link.namespace)}`;
      const remedy = 'Put both into one namespace, or send to the URL of the subscriber with Sink.uri().';
      return finding(link.from, 'cross-namespace', message, link.field, remedy);
    });

const CHECKS = [dangling, endless, neverMatching, joins, unreadDeadLetters, duplicateTriggers, brokerClasses, acrossNamespaces];

/** Everything to say of the way of events through an app that nobody has silenced. */
export const graphFindings: Check = (graph) =>
  CHECKS.flatMap((check) => check(graph)).filter(({ owner, rule }) => !owner.silence.includes(rule));
