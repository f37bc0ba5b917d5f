/** What the Eventing half of the walkthrough saw, as `facts` of the Serving half. */
const condition = (type: string, more: object = {}) => ({ lastTransitionTime: 'TIME', status: 'True', type, ...more });

const ADDRESS = 'http://broker-ingress.knative-eventing.svc.cluster.local/default/example-broker';

export const eventingFacts = {
  'kubectl get broker example-broker -o yaml': {
    apiVersion: 'eventing.knative.dev/v1',
    kind: 'Broker',
    metadata: {
      annotations: {
        'eventing.knative.dev/broker.class': 'MTChannelBasedBroker',
        'eventing.knative.dev/creator': 'kubernetes-admin',
        'eventing.knative.dev/lastModifier': 'kubernetes-admin',
      },
      name: 'example-broker',
      namespace: 'default',
    },
    spec: {
      config: { apiVersion: 'v1', kind: 'ConfigMap', name: 'config-br-default-channel', namespace: 'knative-eventing' },
      delivery: { backoffDelay: 'PT0.2S', backoffPolicy: 'exponential', retry: 10 },
    },
    status: {
      address: { url: ADDRESS },
      annotations: {
        'knative.dev/channelAPIVersion': 'messaging.knative.dev/v1',
        'knative.dev/channelAddress': 'http://example-broker-kne-trigger-kn-channel.default.svc.cluster.local',
        'knative.dev/channelKind': 'InMemoryChannel',
        'knative.dev/channelName': 'example-broker-kne-trigger',
      },
      conditions: {
        Addressable: condition('Addressable'),
        DeadLetterSinkResolved: condition('DeadLetterSinkResolved', {
          ...{ message: 'No dead letter sink is configured.', reason: 'DeadLetterSinkNotConfigured', severity: 'Info' },
        }),
        FilterReady: condition('FilterReady'),
        IngressReady: condition('IngressReady'),
        Ready: condition('Ready'),
        TriggerChannelReady: condition('TriggerChannelReady'),
      },
      observedGeneration: 1,
    },
  },
  'the event of the page': {
    attributes: {
      ...{ datacontenttype: 'application/json', id: '123', mediaType: 'application/json' },
      ...{ source: 'manual', specversion: '1.0', type: 'test-type' },
    },
    data: { message: 'Hello CloudEvents!' },
    extensions: {},
  },
  'messages without a trigger': ['SENT'],
  'messages with the trigger': ['RECEIVED', 'SENT', 'SENT'],
} as const;

export type EventingStep = keyof typeof eventingFacts;
