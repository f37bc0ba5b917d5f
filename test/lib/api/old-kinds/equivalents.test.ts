import { equivalentOf, findType, type KubeObject, validate } from '../../../../lib/api';
import { formatFieldError } from '../../../../lib/base';

const old = (apiVersion: string, kind: string, spec: object = {}, name = 'old'): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop', labels: { team: 'a' } },
  spec,
});
const SERVICE = { apiVersion: 'serving.knative.dev/v1alpha1', kind: 'Service', name: 'hello' };
const TODAY = { ref: { ...SERVICE, apiVersion: 'serving.knative.dev/v1' } };
const CHANNEL = { apiVersion: 'eventing.knative.dev/v1alpha1', kind: 'Channel', name: 'c' };

test.each<[string, KubeObject, object]>([
  [
    'a CronJobSource',
    old('sources.eventing.knative.dev/v1alpha1', 'CronJobSource', { schedule: '*/2 * * * *', data: '{"a":1}', sink: SERVICE }),
    {
      apiVersion: 'sources.knative.dev/v1',
      kind: 'PingSource',
      spec: { schedule: '*/2 * * * *', contentType: 'application/json', data: '{"a":1}', sink: TODAY },
    },
  ],
  [
    'a PingSource of an older version',
    old('sources.knative.dev/v1alpha2', 'PingSource', { jsonData: '{}', sink: { ref: SERVICE } }),
    { apiVersion: 'sources.knative.dev/v1', spec: { contentType: 'application/json', data: '{}', sink: TODAY } },
  ],
  [
    'a ContainerSource with an image',
    old('sources.eventing.knative.dev/v1alpha1', 'ContainerSource', { image: 'beat', args: ['-x'], sink: SERVICE }),
    {
      apiVersion: 'sources.knative.dev/v1',
      spec: { template: { spec: { containers: [{ name: 'source', image: 'beat', args: ['-x'] }] } }, sink: TODAY },
    },
  ],
  [
    'a KubernetesEventSource',
    old('sources.eventing.knative.dev/v1alpha1', 'KubernetesEventSource', { serviceAccountName: 'watcher', sink: SERVICE }),
    {
      kind: 'ApiServerSource',
      spec: { resources: [{ apiVersion: 'v1', kind: 'Event' }], serviceAccountName: 'watcher', sink: TODAY },
    },
  ],
  [
    'an ApiServerSource in mode Ref',
    old('sources.knative.dev/v1alpha1', 'ApiServerSource', {
      ...{ mode: 'Ref', sink: { ref: SERVICE } },
      resources: [{ apiVersion: 'v1', kind: 'Pod', controller: true, labelSelector: { matchLabels: { a: 'b' } } }],
    }),
    { spec: { mode: 'Reference', resources: [{ apiVersion: 'v1', kind: 'Pod', selector: { matchLabels: { a: 'b' } } }] } },
  ],
  [
    'a Flow',
    old('flows.knative.dev/v1alpha1', 'Flow', { trigger: { eventType: 'push', resource: 'a/b' }, action: { target: SERVICE } }),
    { kind: 'Trigger', spec: { broker: 'default', filters: [{ exact: { type: 'push' } }], subscriber: TODAY } },
  ],
  [
    'a Feed into a channel',
    old('feeds.knative.dev/v1alpha1', 'Feed', { trigger: { eventType: 'push' }, action: { channelName: 'c' } }),
    { kind: 'Trigger', spec: { subscriber: { ref: { apiVersion: 'messaging.knative.dev/v1', kind: 'Channel', name: 'c' } } } },
  ],
  [
    'a Bus',
    old('channels.knative.dev/v1alpha1', 'ClusterBus', {}, 'kafka'),
    {
      kind: 'ConfigMap',
      data: { 'default-ch-config': 'clusterDefault:\n  apiVersion: messaging.knative.dev/v1beta1\n  kind: KafkaChannel\n' },
    },
  ],
  [
    'a Channel with a provisioner',
    old('eventing.knative.dev/v1alpha1', 'Channel', { provisioner: { name: 'in-memory' } }),
    {
      apiVersion: 'messaging.knative.dev/v1',
      kind: 'Channel',
      spec: { channelTemplate: { apiVersion: 'messaging.knative.dev/v1', kind: 'InMemoryChannel' } },
    },
  ],
  [
    'a Subscription by names',
    old('channels.knative.dev/v1alpha1', 'Subscription', { channel: 'c', subscriber: 'hello' }),
    {
      apiVersion: 'messaging.knative.dev/v1',
      spec: { channel: { apiVersion: 'messaging.knative.dev/v1', kind: 'Channel', name: 'c' }, subscriber: TODAY },
    },
  ],
  [
    'a Subscription by references',
    old('eventing.knative.dev/v1alpha1', 'Subscription', {
      ...{ channel: CHANNEL, subscriber: { ref: SERVICE }, reply: { channel: CHANNEL } },
    }),
    { spec: { subscriber: TODAY, reply: { ref: { apiVersion: 'messaging.knative.dev/v1', kind: 'Channel', name: 'c' } } } },
  ],
  [
    'a Trigger by source and type',
    old('eventing.knative.dev/v1alpha1', 'Trigger', {
      ...{ filter: { sourceAndType: { type: 'push', source: 'Any' } }, subscriber: { dnsName: 'hello.shop' } },
    }),
    { spec: { broker: 'default', filters: [{ exact: { type: 'push' } }], subscriber: { uri: 'http://hello.shop' } } },
  ],
  [
    'a Sequence of messaging',
    old('messaging.knative.dev/v1alpha1', 'Sequence', { steps: [{ ref: SERVICE }], reply: { ref: CHANNEL } }),
    { apiVersion: 'flows.knative.dev/v1', kind: 'Sequence', spec: { steps: [TODAY] } },
  ],
  [
    'a Parallel of messaging',
    old('messaging.knative.dev/v1alpha1', 'Parallel', { branches: [{ filter: { ref: SERVICE }, subscriber: { ref: SERVICE } }] }),
    { apiVersion: 'flows.knative.dev/v1', kind: 'Parallel', spec: { branches: [{ filter: TODAY, subscriber: TODAY }] } },
  ],
  [
    'an EventType',
    old('feeds.knative.dev/v1alpha1', 'EventType', { eventSource: 'github', description: 'A push.' }, 'push'),
    { apiVersion: 'eventing.knative.dev/v1beta3', spec: { description: 'A push.' } },
  ],
  ['a Broker', old('eventing.knative.dev/v1beta1', 'Broker', { delivery: { retry: 1 } }), { spec: { delivery: { retry: 1 } } }],
  [
    'an InMemoryChannel',
    old('messaging.knative.dev/v1beta1', 'InMemoryChannel'),
    { apiVersion: 'messaging.knative.dev/v1', kind: 'InMemoryChannel' },
  ],
  [
    'a Build',
    old('build.knative.dev/v1alpha1', 'Build', { serviceAccountName: 'b', steps: [{ image: 'ubuntu' }] }),
    {
      apiVersion: 'tekton.dev/v1',
      kind: 'TaskRun',
      spec: { serviceAccountName: 'b', taskSpec: { steps: [{ name: 'step-1', image: 'ubuntu' }] } },
    },
  ],
])('%s is written as today, and what comes out is valid', (_, object, expected) => {
  expect(findType(object.apiVersion, object.kind)).toBeUndefined();
  const { objects } = equivalentOf(object)!;
  expect(objects).toHaveLength(1);
  expect(objects[0]).toMatchObject(expected);
  if (objects[0]!.kind !== 'ConfigMap')
    expect(objects[0]!.metadata).toEqual({
      name: 'old',
      namespace: 'shop',
      labels: { team: 'a' },
      ...(object.metadata.name === 'push' && { name: 'push' }),
    });
  expect(validate(objects[0]).map(formatFieldError)).toEqual([]);
});

test('of other kinds nothing is known, and junk is survived', () => {
  expect(equivalentOf(old('example.com/v1', 'Flow'))).toBeUndefined();
  expect(equivalentOf(old('eventing.knative.dev/v1', 'Nothing'))).toBeUndefined();
  for (const kind of ['Flow', 'Sequence', 'Parallel']) {
    const junk = { apiVersion: 'flows.knative.dev/v1alpha1', kind, spec: { steps: 3, branches: [null], trigger: 'x' } };
    expect(equivalentOf(junk as unknown as KubeObject)!.objects).toHaveLength(1);
  }
});
