import type { KubeObject, ServingConfig } from '../../../../lib/api';
import { refusals } from '../support';
import {
  apiServer,
  binding,
  broker,
  channel,
  channelRef,
  container,
  eventType,
  hello,
  jobSink,
  memory,
  olderEventType,
  parallel,
  ping,
  policy,
  requestReply,
  sequence,
  subscription,
  transform,
  trigger,
  withEventing,
} from './support';

const oidc = withEventing({ authenticationOidc: true });

test.each<[string, KubeObject, ServingConfig?]>([
  ['a broker without a spec', broker()],
  [
    'a broker with settings of another namespace',
    broker({ config: { apiVersion: 'v1', kind: 'ConfigMap', name: 'c', namespace: 'x' } }),
  ],
  ['a trigger', trigger()],
  [
    'a trigger of every dialect',
    trigger({
      filters: [{ exact: { type: 'a' } }, { not: { any: [{ prefix: { a: '' } }, { cesql: 'TRUE' }] } }, { data: 'a > 1' }],
    }),
  ],
  ['a trigger with an older filter', trigger({ filter: { attributes: { type: 'a', source: '' } } })],
  [
    'a trigger of a broker by reference',
    trigger({ broker: undefined, brokerRef: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'b' } }),
  ],
  [
    'a trigger that depends on a source',
    trigger(
      {},
      { annotations: { 'knative.dev/dependency': '{"kind":"PingSource","name":"p","apiVersion":"sources.knative.dev/v1"}' } },
    ),
  ],
  ['a trigger with injection', trigger({}, { annotations: { 'eventing.knative.dev/injection': 'enabled' } })],
  [
    'injection by its older name, at any broker',
    trigger({ broker: 'b' }, { annotations: { 'knative-eventing-injection': 'enabled' } }),
  ],
  ['a path at a subscriber', trigger({ subscriber: { ...hello, uri: '/events' } })],
  [
    'delivery as it may be said',
    trigger({
      delivery: {
        retry: 3,
        backoffPolicy: 'linear',
        backoffDelay: 'PT0.5S',
        timeout: 'P1DT2H',
        format: 'json',
        deadLetterSink: { uri: 'https://example.com' },
      },
    }),
  ],
  [
    'a cap for Retry-After where the feature is on',
    trigger({ delivery: { retryAfterMax: 'PT0S' } }),
    withEventing({ deliveryRetryAfter: true }),
  ],
  ['a channel without a spec', channel()],
  ['a channel in memory without a spec', memory()],
  ['a channel in memory with subscribers', memory({ subscribers: [{ uid: 'a', subscriberUri: 'http://x' }] })],
  ['a subscription', subscription({ reply: { uri: 'http://example.com/x' } })],
  [
    'a subscription to a channel elsewhere where the feature is on',
    subscription({ channel: { ...channelRef, namespace: 'x' } }),
    withEventing({ crossNamespaceEventLinks: true }),
  ],
  ['a sequence', sequence({ steps: [hello, { uri: 'http://x.y', delivery: { retry: 1 } }] })],
  ['a parallel', parallel({ branches: [{ filter: hello, subscriber: hello, reply: hello }], reply: hello })],
  [
    'a source that pings',
    ping({ schedule: '*/10 * * * * *', timezone: 'Europe/Paris', contentType: 'application/json', data: '{"a":1}' }),
  ],
  ['a source that pings with bytes', ping({ dataBase64: 'AQID' })],
  [
    'a source of changes',
    apiServer({
      mode: 'Resource',
      owner: { apiVersion: 'apps/v1', kind: 'Deployment' },
      namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] },
    }),
  ],
  ['a source of a container', container({ ceOverrides: { extensions: { team: 'a' } } })],
  ['a binding by name', binding()],
  ['a binding by labels', binding({ subject: { apiVersion: 'batch/v1', kind: 'Job', selector: { matchLabels: { a: 'b' } } } })],
  ['a sink of Jobs', jobSink()],
  ['an event type', eventType()],
  ['an event type of the version before', olderEventType({ type: 'a', source: '/x', broker: 'default' })],
  ['a policy for all of a namespace', policy(), oidc],
  [
    'a policy',
    policy({
      to: [{ ref: { apiVersion: 'v1', kind: 'Service', name: 's' } }, { selector: { matchLabels: {} } }],
      from: [{ sub: 'system:serviceaccount:shop:*' }],
    }),
    oidc,
  ],
  ['a transformation', transform({ sink: hello, reply: { discard: true } })],
  ['a request with a reply', requestReply({ timeout: 'PT5S', correlationAttribute: 'corr' })],
])('%s is accepted', (...[, object, config]) => {
  expect(refusals(object, config)).toEqual([]);
});

const TEXT_OF_NAMESPACE = 'only name, apiVersion and kind are supported fields when feature.CrossNamespaceEventLinks is disabled';

test.each<[string, KubeObject, string[], ServingConfig?]>([
  ['no broker', trigger({ broker: undefined }), ['missing field(s): spec.broker']],
  [
    'two brokers',
    trigger({ brokerRef: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'b' } }),
    ['expected exactly one, got both: spec.broker, spec.brokerRef'],
  ],
  [
    'a broker elsewhere',
    trigger({
      broker: undefined,
      brokerRef: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'b', namespace: 'x' },
    }),
    [`must not set the field(s): spec.brokerRef.namespace\n${TEXT_OF_NAMESPACE}`],
  ],
  [
    'no subscriber',
    trigger({ subscriber: undefined }),
    ['expected at least one, got none: spec.subscriber.ref, spec.subscriber.uri'],
  ],
  [
    'half a subscriber',
    trigger({ subscriber: { ref: { kind: 'Service', name: '' } } }),
    ['missing field(s): spec.subscriber.ref.apiVersion, spec.subscriber.ref.name'],
  ],
  [
    'a URL beside a reference',
    trigger({ subscriber: { ...hello, uri: 'http://x' } }),
    [
      'Absolute URI is not allowed when Ref or [apiVersion, kind, name] is present: spec.subscriber.ref, spec.subscriber.uri, spec.subscriber[apiVersion, kind, name]',
    ],
  ],
  [
    'a path without a reference',
    trigger({ subscriber: { uri: '/x' } }),
    ['invalid value: Relative URI is not allowed when Ref and [apiVersion, kind, name] is absent: spec.subscriber.uri'],
  ],
  [
    'a certificate that is none',
    trigger({ subscriber: { uri: 'http://x', CACerts: 'x' } }),
    ['invalid value: CA Cert provided is invalid: spec.subscriber.CACerts'],
  ],
  [
    'an attribute that is none',
    trigger({ filter: { attributes: { 'Type-A': 'x' } } }),
    [
      'invalid key name "Type-A": spec.filter.attributes[Type-A]\nAttribute name must start with a letter and can only contain lowercase alphanumeric',
    ],
  ],
  [
    'two dialects in one filter',
    trigger({ filters: [{ exact: { type: 'a' }, cesql: 'TRUE' }] }),
    ['multiple dialects found, filters can have only one dialect set: spec.filters[0]'],
  ],
  [
    'two dialects deep inside',
    trigger({ filters: [{ all: [{ not: { prefix: { a: 'b' }, data: 'a' } }] }] }),
    ['multiple dialects found, filters can have only one dialect set: spec.filters[0].all[0].not'],
  ],
  [
    'an unknown dialect deep inside',
    trigger({ filters: [{ any: [{ exakt: { a: 'b' } }] }] }),
    ['unknown filter dialect "exakt": spec.filters[0].any[0].exakt'],
  ],
  [
    'a number for a text deep inside',
    trigger({ filters: [{ not: { exact: { a: 1 } } }] }),
    ['invalid value: 1: spec.filters[0].not.exact.a\nmust be of type string, not number'],
  ],
  [
    'an expression that is none',
    trigger({ filters: [{ cesql: 'type =' }] }),
    [expect.stringMatching(/^invalid value: type =: spec.filters\[0\].cesql\n/) as unknown as string],
  ],
  [
    'an expression over data that is none',
    trigger({ filters: [{ any: [{ data: 'amount >' }] }] }),
    [expect.stringMatching(/^invalid value: amount >: spec.filters\[0\].any\[0\].data\n/) as unknown as string],
  ],
  [
    'a dependency that is no JSON',
    trigger({}, { annotations: { 'knative.dev/dependency': 'x' } }),
    ['The provided annotation was not a corev1.ObjectReference: "x": metadata.annotations[knative.dev/dependency]'],
  ],
  [
    'half a dependency, elsewhere',
    trigger({}, { annotations: { 'knative.dev/dependency': '{"namespace":"x","kind":"A"}' } }),
    [
      'Namespace must be empty or equal to the trigger namespace "shop": metadata.annotations[knative.dev/dependency].namespace',
      'missing field(s): metadata.annotations[knative.dev/dependency].apiVersion, metadata.annotations[knative.dev/dependency].name',
    ],
  ],
  [
    'injection of another broker',
    trigger({ broker: 'b' }, { annotations: { 'eventing.knative.dev/injection': 'enabled' } }),
    [
      'The provided injection annotation is only used for default broker, but non-default broker specified here: "b": metadata.annotations[eventing.knative.dev/injection]',
    ],
  ],
  [
    'injection of another value',
    trigger({}, { annotations: { 'eventing.knative.dev/injection': 'on' } }),
    [
      'The provided injection annotation value can only be "enabled" or "disabled", not "on": metadata.annotations[eventing.knative.dev/injection]',
    ],
  ],
  [
    'half the settings of a broker',
    broker({ config: { kind: 'ConfigMap', name: 'c' } }),
    ['missing field(s): spec.config.apiVersion'],
  ],
  ['a negative retry', broker({ delivery: { retry: -1 } }), ['invalid value: -1: spec.delivery.retry']],
  [
    'a back-off that is none',
    broker({ delivery: { backoffPolicy: 'cubic', backoffDelay: '1s' } }),
    ['invalid value: 1s: spec.delivery.backoffDelay', 'invalid value: cubic: spec.delivery.backoffPolicy'],
  ],
  ['a timeout of zero', broker({ delivery: { timeout: 'PT0S' } }), ['invalid value: PT0S: spec.delivery.timeout']],
  [
    'a timeout where the feature is off',
    broker({ delivery: { timeout: 'PT1S' } }),
    ['must not set the field(s): spec.delivery.timeout'],
    withEventing({ deliveryTimeout: false }),
  ],
  [
    'a cap for Retry-After where the feature is off',
    broker({ delivery: { retryAfterMax: 'PT1S' } }),
    ['must not set the field(s): spec.delivery.retryAfterMax'],
  ],
  ['a format that is none', broker({ delivery: { format: 'xml' } }), ['invalid value: xml: spec.delivery.format']],
  [
    'a dead letter sink that is none',
    broker({ delivery: { deadLetterSink: {} } }),
    ['expected at least one, got none: spec.delivery.deadLetterSink.ref, spec.delivery.deadLetterSink.uri'],
  ],
  [
    'half a kind of channel',
    channel({ channelTemplate: { kind: 'KafkaChannel' } }),
    ['missing field(s): spec.channelTemplate.apiVersion'],
  ],
  [
    'subscribers of a channel',
    channel({ subscribers: [{ uid: 'a' }] }),
    ['must not set the field(s): spec.subscribable.subscribers'],
  ],
  [
    'a subscriber without an address',
    memory({ subscribers: [{ uid: 'a' }] }),
    [
      'missing field(s): spec.subscribable.subscriber[0].replyURI, spec.subscribable.subscriber[0].subscriberURI\nexpected at least one of, got none',
    ],
  ],
  [
    'a scope that is none',
    memory({}, { annotations: { 'eventing.knative.dev/scope': 'x' } }),
    ["invalid value: x: metadata.annotations[eventing.knative.dev/scope]\nexpected either 'cluster' or 'namespace'"],
  ],
  [
    'a subscription without subscriber',
    subscription({ subscriber: undefined }),
    ['missing field(s): spec.subscriber\nthe Subscription must reference a subscriber'],
  ],
  [
    'a subscription to a channel elsewhere',
    subscription({ channel: { ...channelRef, namespace: 'x' } }),
    [`must not set the field(s): spec.channel.namespace\n${TEXT_OF_NAMESPACE}`],
  ],
  ['no steps', sequence({ steps: [] }), ['missing field(s): spec.steps']],
  [
    'a step that is none',
    sequence({ steps: [hello, {}] }),
    ['expected at least one, got none: spec.steps[1].ref, spec.steps[1].uri'],
  ],
  ['no branches', parallel({ branches: [] }), ['missing field(s): spec.branches']],
  [
    'a filter of a branch that is none',
    parallel({ branches: [{ subscriber: hello, filter: {} }] }),
    ['expected at least one, got none: spec.branches[0].filter.ref, spec.branches[0].filter.uri'],
  ],
  [
    'a schedule of every so often',
    ping({ schedule: '@every 1m' }),
    ['invalid value: unsupported descriptor @every: spec.schedule'],
  ],
  ['a schedule that is none', ping({ schedule: '2' }), ['invalid value: expected 5 to 6 fields, found 1: [2]: spec.schedule']],
  [
    'a time zone that is none',
    ping({ timezone: 'Mars/Base' }),
    ['invalid value: provided bad location Mars/Base: unknown time zone Mars/Base: spec.timezone'],
  ],
  ['data twice', ping({ data: 'a', dataBase64: 'YQ==' }), ['expected exactly one, got both: spec.data, spec.dataBase64']],
  ['bytes that are none', ping({ dataBase64: 'x' }), ['invalid value: illegal base64 data: spec.dataBase64']],
  [
    'JSON that is none',
    ping({ contentType: 'application/json', data: '[1]' }),
    ['invalid value: json: cannot unmarshal into Go value of type map[string]interface {}: spec.data'],
  ],
  [
    'an extension that is none',
    ping({ ceOverrides: { extensions: { 'a-b': 'x' } } }),
    ['invalid key name "a-b": spec.ceOverrides.extensions[a-b]\nkeys are expected to be alphanumeric'],
  ],
  ['no resources', apiServer({ resources: [] }), ['missing field(s): spec.resources']],
  ['a mode that is none', apiServer({ mode: 'Ref' }), ['invalid value: Ref: spec.mode']],
  [
    'a resource that is none',
    apiServer({ resources: [{ apiVersion: 'a/b/c', kind: ' ' }] }),
    ['invalid value: a/b/c: spec.resources[0].apiVersion', 'missing field(s): spec.resources[0].kind'],
  ],
  [
    'filters of a source where the feature is off',
    apiServer({ filters: [{ exact: { type: 'a' } }] }),
    ['Filters is not empty but the NewAPIServerFilters feature is disabled.: spec.filters'],
  ],
  ['a pod without containers', container({ template: { spec: {} } }), ['missing field(s): spec.template.spec.containers']],
  [
    'a container without image',
    container({ template: { spec: { containers: [{}] } } }),
    ['missing field(s): spec.template.spec.containers[0].image'],
  ],
  [
    'a subject twice',
    binding({ subject: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a', selector: {} } }),
    ['expected exactly one, got both: spec.subject.name, spec.subject.selector'],
  ],
  [
    'a subject elsewhere',
    binding({ subject: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a', namespace: 'x' } }),
    ['invalid value: x: spec.subject.namespace'],
  ],
  [
    'no subject',
    binding({ subject: {} }),
    [
      'expected exactly one, got neither: spec.subject.name, spec.subject.selector',
      'missing field(s): spec.subject.apiVersion, spec.subject.kind',
    ],
  ],
  ['no Job', jobSink(null), ['expected exactly one, got neither: spec.job']],
  [
    'a Job that runs for ever',
    jobSink({ spec: { template: { spec: { containers: [{ name: 'a', image: 'b' }] } } } }),
    ['Required value: valid values: "OnFailure", "Never": spec.job.spec.template.spec.restartPolicy'],
  ],
  [
    'attributes that every event has',
    eventType({ attributes: [{ name: 'type' }] }),
    ['missing field(s): spec.attributes.id, spec.attributes.source, spec.attributes.specversion'],
  ],
  ['no type', olderEventType({}), ['missing field(s): spec.type']],
  ['a policy where nobody proves who they are', policy({}), ['oidc-authentication feature not enabled: spec']],
  [
    'a policy with parts that are none',
    policy({ to: [{}], from: [{}, { sub: 'a*b' }] }),
    [
      'expected exactly one, got neither: spec.from[0].ref, spec.from[0].sub, spec.to[0].ref, spec.to[0].selector',
      "invalid value: a*b: spec.from[1].sub\n'*' is only allowed as suffix",
    ],
    oidc,
  ],
  ['no transformation', transform({ jsonata: undefined }), ['expected exactly one, got neither: spec.jsonata']],
  ['a reply without a sink', transform({ reply: { discard: true } }), ['reply is set without spec.sink: spec.reply']],
  [
    'a reply twice',
    transform({ sink: hello, reply: { discard: true, jsonata: { expression: '$' } } }),
    ['expected exactly one, got both: spec.reply.discard, spec.reply.jsonata'],
  ],
  [
    'a request to what is no broker',
    requestReply({ brokerRef: { apiVersion: 'v1', kind: 'Service', name: 'x', namespace: 'y' } }),
    [
      'invalid value: Service: spec.brokerRef.kind\nbrokerRef kind must be Broker',
      'must not set the field(s): spec.brokerRef.namespace',
    ],
  ],
  [
    'a wait of no time',
    requestReply({ timeout: 'PT0S' }),
    ['invalid value: PT0S: spec.timeout\ntimeout must be a positive duration'],
  ],
  [
    'a core attribute',
    requestReply({ replyAttribute: 'source' }),
    [
      'invalid value: source: spec.replyAttribute\nreplyattribute must be non-empty and cannot be a core cloudevent attribute (id, type, specversion, source)',
    ],
  ],
])('%s is refused', (...[, object, expected, config]) => {
  expect(refusals(object, config)).toEqual(expected);
});

test('filters that stand too deep in one another are refused, not followed', () => {
  let filter: object = { exact: { type: 'a' } };
  for (let i = 0; i < 5000; i++) filter = { not: filter };
  expect(refusals(trigger({ filters: [filter] }))).toEqual([
    expect.stringMatching(/^filters may stand 30 deep in one another: /),
  ]);
});
