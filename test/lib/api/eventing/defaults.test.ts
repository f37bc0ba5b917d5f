import { type KubeObject, setDefaults, validateUpdate } from '../../../../lib/api';
import { formatFieldError } from '../../../../lib/base';
import {
  apiServer,
  binding,
  broker,
  channel,
  channelRef,
  container,
  eventType,
  hello,
  helloInShop,
  jobSink,
  memory,
  parallel,
  ping,
  requestReply,
  sequence,
  subscription,
  transform,
  trigger,
} from './support';

const specOf = (object: KubeObject) => setDefaults(object).spec;
const IN_MEMORY = { apiVersion: 'messaging.knative.dev/v1', kind: 'InMemoryChannel' };
const CLASS = 'eventing.knative.dev/broker.class';

test('a broker gets the class, the settings and the delivery of the installation', () => {
  expect(setDefaults(broker())).toMatchObject({
    metadata: { annotations: { [CLASS]: 'MTChannelBasedBroker' } },
    spec: {
      config: { apiVersion: 'v1', kind: 'ConfigMap', name: 'config-br-default-channel', namespace: 'knative-eventing' },
      delivery: { retry: 10, backoffPolicy: 'exponential', backoffDelay: 'PT0.2S' },
    },
  });
  expect(specOf(broker({ delivery: { retry: 1 } }))).toMatchObject({ delivery: { retry: 1 } });
  expect(specOf(broker({}, { annotations: { [CLASS]: 'Kafka' } }))).toEqual(specOf(broker()));
  const own = { apiVersion: 'v1', kind: 'ConfigMap', name: 'own', namespace: 'shop' };
  expect(specOf(broker({ config: own }))).toMatchObject({ config: own, delivery: { retry: 10 } });
});

test('references get the namespace of who holds them', () => {
  expect(setDefaults(trigger({ delivery: { deadLetterSink: hello } }))).toMatchObject({
    metadata: { labels: { 'eventing.knative.dev/broker': 'default' } },
    spec: { filter: {}, subscriber: helloInShop, delivery: { deadLetterSink: helloInShop } },
  });
  expect(specOf(subscription({ reply: hello }))).toMatchObject({ subscriber: helloInShop, reply: helloInShop });
  expect(specOf(sequence({ reply: hello }))).toMatchObject({ steps: [helloInShop], reply: helloInShop });
  expect(specOf(parallel({ branches: [{ subscriber: hello, filter: hello, reply: hello }] }))).toMatchObject({
    branches: [{ subscriber: helloInShop, filter: helloInShop, reply: helloInShop }],
  });
  expect(specOf(binding())).toMatchObject({ sink: helloInShop, subject: { namespace: 'shop' } });
  expect(specOf(eventType({ reference: hello.ref }))).toMatchObject({ reference: { namespace: 'shop' } });
});

test('flows and channels get the kind of channel of the installation', () => {
  expect(setDefaults(channel())).toMatchObject({
    metadata: { annotations: { 'messaging.knative.dev/subscribable': 'v1' } },
    spec: { channelTemplate: IN_MEMORY },
  });
  expect(setDefaults(memory()).metadata.annotations).toEqual({ 'messaging.knative.dev/subscribable': 'v1' });
  expect([specOf(sequence()), specOf(parallel())]).toMatchObject([
    { channelTemplate: IN_MEMORY },
    { channelTemplate: IN_MEMORY },
  ]);
  const own = { apiVersion: 'messaging.knative.dev/v1beta1', kind: 'KafkaChannel' };
  expect(specOf(channel({ channelTemplate: own }))).toMatchObject({ channelTemplate: own });
});

test('sources, sinks and requests get what they do not say', () => {
  expect(specOf(ping())).toMatchObject({ schedule: '* * * * *' });
  expect(specOf(apiServer())).toMatchObject({ mode: 'Reference', serviceAccountName: 'default' });
  expect(specOf(container())).toMatchObject({ template: { spec: { containers: [{ name: 'it-0', image: 'beat' }] } } });
  expect(specOf(jobSink())).toMatchObject({
    job: { spec: { template: { spec: { containers: [{ env: [{ name: 'K_EXECUTION_MODE', value: 'batch' }] }] } } } },
  });
  expect(setDefaults(requestReply())).toMatchObject({
    metadata: { labels: { 'eventing.knative.dev/broker': 'default' } },
    spec: { timeout: 'PT30S', correlationAttribute: 'correlationid', replyAttribute: 'replyid' },
  });
});

const changes = (old: KubeObject, next: KubeObject) => validateUpdate(old, next).map(formatFieldError);

test.each<[string, KubeObject, KubeObject]>([
  ['the delivery of a broker', broker(), broker({ delivery: { retry: 1 } })],
  ['the filters of a trigger', trigger(), trigger({ filters: [{ exact: { type: 'a' } }] })],
  ['the subscriber of a subscription', subscription(), subscription({ subscriber: { uri: 'http://x' } })],
  ['the expression of a transformation', transform(), transform({ jsonata: { expression: '{}' } })],
])('%s may change', (_, old, next) => {
  expect(changes(old, next)).toEqual([]);
});

test.each<[string, KubeObject, KubeObject, string]>([
  [
    'the settings of a broker',
    broker(),
    broker({ config: { apiVersion: 'v1', kind: 'ConfigMap', name: 'x' } }),
    'Immutable fields changed (-old +new): spec',
  ],
  [
    'the class of a broker',
    broker(),
    broker(
      { config: { apiVersion: 'v1', kind: 'ConfigMap', name: 'config-br-default-channel', namespace: 'knative-eventing' } },
      { annotations: { [CLASS]: 'Kafka' } },
    ),
    'Immutable annotations changed (-old +new): annotations',
  ],
  ['the broker of a trigger', trigger(), trigger({ broker: 'other' }), 'Immutable fields changed (-old +new): spec.broker'],
  [
    'the kind of a channel',
    channel(),
    channel({ channelTemplate: { apiVersion: 'messaging.knative.dev/v1beta1', kind: 'KafkaChannel' } }),
    'Immutable fields changed (-old +new): spec',
  ],
  [
    'the channel of a subscription',
    subscription(),
    subscription({ channel: { ...channelRef, name: 'd' } }),
    'Immutable fields changed (-old +new): spec',
  ],
])('%s may not change', (_, old, next, expected) => {
  expect(changes(old, next).map((text) => text.split('\n')[0])).toEqual([expected]);
});
