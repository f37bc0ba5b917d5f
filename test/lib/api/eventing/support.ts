import { defaultServingConfig, type EventingFeatures, type KubeObject, type ServingConfig } from '../../../../lib/api';

/** An object of a kind of Eventing in namespace `shop`. */
export const object = (apiVersion: string, kind: string, spec?: unknown, metadata: object = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: 'it', namespace: 'shop', ...metadata },
  ...(spec === undefined ? {} : { spec }),
});

/** Settings with some features of Eventing switched. */
export const withEventing = (features: Partial<EventingFeatures>): ServingConfig => ({
  ...defaultServingConfig,
  eventing: {
    ...defaultServingConfig.eventing,
    features: { ...defaultServingConfig.eventing.features, ...features },
  },
});

export const hello = { ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'hello' } };
export const helloInShop = { ref: { ...hello.ref, namespace: 'shop' } };
export const channelRef = { apiVersion: 'messaging.knative.dev/v1', kind: 'Channel', name: 'c' };

export const broker = (spec?: unknown, metadata?: object) => object('eventing.knative.dev/v1', 'Broker', spec, metadata);
export const trigger = (spec: object = {}, metadata?: object) =>
  object('eventing.knative.dev/v1', 'Trigger', { broker: 'default', subscriber: hello, ...spec }, metadata);
export const channel = (spec?: unknown, metadata?: object) => object('messaging.knative.dev/v1', 'Channel', spec, metadata);
export const memory = (spec?: unknown, metadata?: object) =>
  object('messaging.knative.dev/v1', 'InMemoryChannel', spec, metadata);
export const subscription = (spec: object = {}) =>
  object('messaging.knative.dev/v1', 'Subscription', { channel: channelRef, subscriber: hello, ...spec });
export const sequence = (spec: object = {}) => object('flows.knative.dev/v1', 'Sequence', { steps: [hello], ...spec });
export const parallel = (spec: object = {}) =>
  object('flows.knative.dev/v1', 'Parallel', { branches: [{ subscriber: hello }], ...spec });
export const ping = (spec: object = {}) => object('sources.knative.dev/v1', 'PingSource', { sink: hello, ...spec });
export const apiServer = (spec: object = {}) =>
  object('sources.knative.dev/v1', 'ApiServerSource', {
    sink: hello,
    resources: [{ apiVersion: 'v1', kind: 'Pod' }],
    ...spec,
  });
export const container = (spec: object = {}) =>
  object('sources.knative.dev/v1', 'ContainerSource', {
    sink: hello,
    template: { spec: { containers: [{ image: 'beat' }] } },
    ...spec,
  });
export const binding = (spec: object = {}) =>
  object('sources.knative.dev/v1', 'SinkBinding', {
    sink: hello,
    subject: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'sender' },
    ...spec,
  });
export const jobSink = (
  job: unknown = { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'b' }] } } } },
) => object('sinks.knative.dev/v1alpha1', 'JobSink', job === null ? {} : { job });
const attributes = ['type', 'source', 'specversion', 'id'].map((name) => ({ name, required: true }));
export const eventType = (spec: object = {}) => object('eventing.knative.dev/v1beta3', 'EventType', { attributes, ...spec });
export const olderEventType = (spec: object) => object('eventing.knative.dev/v1beta2', 'EventType', spec);
export const policy = (spec?: object) => object('eventing.knative.dev/v1alpha1', 'EventPolicy', spec);
export const transform = (spec: object = {}) =>
  object('eventing.knative.dev/v1alpha1', 'EventTransform', { jsonata: { expression: '$' }, ...spec });
export const requestReply = (spec: object = {}) =>
  object('eventing.knative.dev/v1alpha1', 'RequestReply', {
    brokerRef: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'default' },
    ...spec,
  });
