import type { KubeObject } from '../meta';
import {
  apiVersionToday,
  destinationToday,
  type Fields,
  fieldsOf,
  listOf,
  metadataOf,
  present,
  referenceToday,
  textOf,
} from './old-object';

/** What an object of a kind that is gone is written as today. */
export interface Equivalent {
  readonly objects: readonly KubeObject[];
  /** What the objects do not say. */
  readonly note?: string;
}

type Convert = (object: KubeObject, spec: Fields) => Equivalent;

const make = (old: KubeObject, apiVersion: string, kind: string, spec: Fields): KubeObject => ({
  apiVersion,
  kind,
  metadata: metadataOf(old),
  spec: present(spec),
});

const isJson = (text: string | undefined): boolean => {
  try {
    return text !== undefined && typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
};

const KAFKA = { apiVersion: 'messaging.knative.dev/v1beta1', kind: 'KafkaChannel' };
const MEMORY = { apiVersion: 'messaging.knative.dev/v1', kind: 'InMemoryChannel' };
const channelKind = (name: string | undefined) => (/kafka/i.test(name ?? '') ? KAFKA : MEMORY);

const channel: Convert = (old, spec) => {
  const provisioner = textOf(fieldsOf(spec['provisioner'])['name']) ?? textOf(spec['bus']) ?? textOf(spec['clusterBus']);
  const template = spec['channelTemplate'] ?? (provisioner ? channelKind(provisioner) : undefined);
  return { objects: [make(old, 'messaging.knative.dev/v1', 'Channel', { channelTemplate: template })] };
};

const bus: Convert = (old) => {
  const { apiVersion, kind } = channelKind(old.metadata?.name);
  const text = `clusterDefault:\n  apiVersion: ${apiVersion}\n  kind: ${kind}\n`;
  const metadata = { name: 'default-ch-webhook', namespace: 'knative-eventing' };
  const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'default-ch-config': text } };
  return {
    objects: [settings],
    note: 'what stores events is a kind of channel now: the default of the installation, or the channelTemplate of a Channel',
  };
};

const subscription: Convert = (old, spec) => {
  const byName = (name: unknown, apiVersion: string, kind: string) =>
    typeof name === 'string' ? { apiVersion, kind, name } : name;
  const from = referenceToday(byName(spec['channel'], 'messaging.knative.dev/v1', 'Channel'));
  const to = destinationToday(byName(spec['subscriber'], 'serving.knative.dev/v1', 'Service'));
  const { reply } = spec;
  const answer = reply === undefined ? undefined : destinationToday(byName(reply, 'messaging.knative.dev/v1', 'Channel'));
  const more = { channel: from, subscriber: to, reply: answer, delivery: spec['delivery'] };
  return { objects: [make(old, 'messaging.knative.dev/v1', 'Subscription', more)] };
};

const broker: Convert = (old, spec) => ({
  objects: [make(old, 'eventing.knative.dev/v1', 'Broker', { config: spec['config'], delivery: spec['delivery'] })],
  ...(spec['channelTemplateSpec'] ? { note: 'the kind of channel of a broker is said by its config now' } : {}),
});

const trigger: Convert = (old, spec) => {
  const filter = fieldsOf(spec['filter']);
  const { type, source } = fieldsOf(filter['sourceAndType']);
  const named = (value: unknown) => (textOf(value) && value !== 'Any' ? value : undefined);
  const attributes = { ...fieldsOf(filter['attributes']), ...present({ type: named(type), source: named(source) }) };
  const more = {
    broker: textOf(spec['broker']) ?? 'default',
    filters: Object.keys(attributes).length > 0 ? [{ exact: attributes }] : undefined,
    subscriber: destinationToday(spec['subscriber']),
  };
  return { objects: [make(old, 'eventing.knative.dev/v1', 'Trigger', more)] };
};

/** A Flow or Feed: events of a type go to an action. */
const flow: Convert = (old, spec) => {
  const { eventType, resource } = fieldsOf(spec['trigger']);
  const { channelName, dnsName, target } = fieldsOf(spec['action']);
  const action = textOf(channelName)
    ? { apiVersion: 'messaging.knative.dev/v1', kind: 'Channel', name: channelName }
    : (target ?? (textOf(dnsName) ? { dnsName } : undefined));
  const more = {
    broker: 'default',
    filters: textOf(eventType) ? [{ exact: present({ type: eventType }) }] : undefined,
    subscriber: destinationToday(action),
  };
  const from = textOf(resource) ? ` ${resource as string}` : '';
  return {
    objects: [make(old, 'eventing.knative.dev/v1', 'Trigger', more)],
    note: `a broker takes the events, and a source such as PingSource, ApiServerSource or ContainerSource brings them there from${from || ' where they arise'}`,
  };
};

const eventType: Convert = (old, spec) => ({
  objects: [
    make(old, 'eventing.knative.dev/v1beta3', 'EventType', {
      description: textOf(spec['description']),
      attributes: [
        present({ name: 'type', required: true, value: textOf(spec['type']) ?? old.metadata?.name }),
        present({ name: 'source', required: true, value: textOf(spec['source']) ?? textOf(spec['eventSource']) }),
        { name: 'specversion', required: true },
        { name: 'id', required: true },
      ],
    }),
  ],
});

const ping: Convert = (old, spec) => {
  const data = textOf(spec['jsonData']) ?? textOf(spec['data']);
  const more = {
    schedule: textOf(spec['schedule']),
    timezone: textOf(spec['timezone']),
    contentType: textOf(spec['contentType']) ?? (isJson(data) ? 'application/json' : undefined),
    data,
    sink: destinationToday(spec['sink']),
    ceOverrides: spec['ceOverrides'],
  };
  return { objects: [make(old, 'sources.knative.dev/v1', 'PingSource', more)] };
};

const apiServer: Convert = (old, spec) => {
  const resources = listOf(spec['resources']).map(fieldsOf);
  const watched = resources.map(({ apiVersion, kind, labelSelector, selector }) =>
    present({ apiVersion, kind, selector: selector ?? labelSelector }),
  );
  const { mode } = spec;
  const more = {
    resources: watched.length > 0 ? watched : [{ apiVersion: 'v1', kind: 'Event' }],
    mode: mode === 'Ref' ? 'Reference' : mode,
    serviceAccountName: textOf(spec['serviceAccountName']),
    sink: destinationToday(spec['sink']),
  };
  return { objects: [make(old, 'sources.knative.dev/v1', 'ApiServerSource', more)] };
};

const container: Convert = (old, spec) => {
  const { image, args, env, serviceAccountName } = spec;
  const one = present({ name: 'source', image: textOf(image) ?? 'your-image', args, env });
  const template = spec['template'] ?? { spec: present({ serviceAccountName, containers: [one] }) };
  const more = { template, sink: destinationToday(spec['sink']), ceOverrides: spec['ceOverrides'] };
  return { objects: [make(old, 'sources.knative.dev/v1', 'ContainerSource', more)] };
};

const binding: Convert = (old, spec) => ({
  objects: [make(old, 'sources.knative.dev/v1', 'SinkBinding', { ...spec, sink: destinationToday(spec['sink']) })],
});

/** Sources that are projects of their own now. */
const elsewhere: Convert = (old, spec) => ({
  objects: [make(old, 'sources.knative.dev/v1alpha1', old.kind, { ...spec, sink: destinationToday(spec['sink']) })],
  note: `${old.kind} is installed by itself now, and not checked here`,
});

const sequence: Convert = (old, spec) => {
  const steps = listOf(spec['steps']).map((step) => ({
    ...destinationToday(step),
    ...present({ delivery: fieldsOf(step)['delivery'] }),
  }));
  const { reply, channelTemplate } = spec;
  const more = { steps, channelTemplate, reply: reply === undefined ? undefined : destinationToday(reply) };
  return { objects: [make(old, 'flows.knative.dev/v1', 'Sequence', more)] };
};

const parallel: Convert = (old, spec) => {
  const optional = (value: unknown) => (value === undefined ? undefined : destinationToday(value));
  const branches = listOf(spec['branches'])
    .map(fieldsOf)
    .map(({ filter, subscriber, reply, delivery }) =>
      present({ filter: optional(filter), subscriber: destinationToday(subscriber), reply: optional(reply), delivery }),
    );
  const more = { branches, channelTemplate: spec['channelTemplate'], reply: optional(spec['reply']) };
  return { objects: [make(old, 'flows.knative.dev/v1', 'Parallel', more)] };
};

const build: Convert = (old, spec) => {
  const isTemplate = old.kind !== 'Build';
  const steps = listOf(spec['steps'])
    .map(fieldsOf)
    .map((step, i) => ({ name: `step-${i + 1}`, ...step }));
  const { url, revision } = fieldsOf(fieldsOf(spec['source'])['git']);
  const account = textOf(spec['serviceAccountName']);
  const task = isTemplate
    ? make(old, 'tekton.dev/v1', 'Task', { steps })
    : make(old, 'tekton.dev/v1', 'TaskRun', { serviceAccountName: account, taskSpec: { steps } });
  const source = textOf(url)
    ? `; clone ${url as string}${textOf(revision) ? ` at ${revision as string}` : ''} in a step of its own`
    : '';
  return { objects: [task], note: `Knative Build became Tekton Pipelines, which is installed by itself${source}` };
};

/** By API group and kind. A kind that is known in another version of its group is asked for here first. */
const converters: Readonly<Record<string, Convert>> = {
  'build.knative.dev/Build': build,
  'build.knative.dev/BuildTemplate': build,
  'build.knative.dev/ClusterBuildTemplate': build,
  'channels.knative.dev/Bus': bus,
  'channels.knative.dev/ClusterBus': bus,
  'channels.knative.dev/Channel': channel,
  'channels.knative.dev/Subscription': subscription,
  'eventing.knative.dev/Broker': broker,
  'eventing.knative.dev/Channel': channel,
  'eventing.knative.dev/ClusterChannelProvisioner': bus,
  'eventing.knative.dev/EventType': eventType,
  'eventing.knative.dev/Subscription': subscription,
  'eventing.knative.dev/Trigger': trigger,
  'feeds.knative.dev/ClusterEventSource': container,
  'feeds.knative.dev/ClusterEventType': eventType,
  'feeds.knative.dev/EventSource': container,
  'feeds.knative.dev/EventType': eventType,
  'feeds.knative.dev/Feed': flow,
  'flows.knative.dev/Flow': flow,
  'flows.knative.dev/Parallel': parallel,
  'flows.knative.dev/Sequence': sequence,
  'messaging.knative.dev/Channel': channel,
  'messaging.knative.dev/Choice': parallel,
  'messaging.knative.dev/Parallel': parallel,
  'messaging.knative.dev/Sequence': sequence,
  'messaging.knative.dev/Subscription': subscription,
  'sources.eventing.knative.dev/ContainerSource': container,
  'sources.eventing.knative.dev/CronJobSource': ping,
  'sources.eventing.knative.dev/KubernetesEventSource': apiServer,
  'sources.eventing.knative.dev/ApiServerSource': apiServer,
  'sources.knative.dev/ApiServerSource': apiServer,
  'sources.knative.dev/ContainerSource': container,
  'sources.knative.dev/CronJobSource': ping,
  'sources.knative.dev/PingSource': ping,
  'sources.knative.dev/SinkBinding': binding,
};

/**
 * What an object of an old kind, or of an old version of a kind, is written as today; undefined where nothing is known of it. Of kinds and
 * versions that are known it is not to be asked.
 */
export function equivalentOf(object: KubeObject): Equivalent | undefined {
  const { apiVersion, kind, spec } = object;
  const group = apiVersion.split('/')[0]!;
  const key = `${group}/${kind}`;
  const convert = Object.hasOwn(converters, key) ? converters[key] : undefined;
  if (convert) return convert(object, fieldsOf(spec));
  if (group === 'sources.eventing.knative.dev') return elsewhere(object, fieldsOf(spec));
  const today = apiVersionToday(apiVersion, kind);
  return kind === 'InMemoryChannel' && today !== apiVersion ? { objects: [make(object, today, kind, {})] } : undefined;
}
