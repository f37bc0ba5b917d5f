import { parse as parseYaml } from 'yaml';
import {
  brokerSettings,
  channelTemplateFor,
  configMapError,
  defaultBrokerClass,
  defaultEventingConfig,
  defaultServingConfig,
  type EventingMaps,
  type KubeObject,
  parseEventingConfig,
  setDefaults,
  validate,
} from '../../../../lib/api';
import { formatFieldErrors, KncError } from '../../../../lib/base';

const parse = (maps: EventingMaps) => parseEventingConfig(maps, parseYaml);
const brokers = (text: string) => parse({ 'config-br-defaults': { 'default-br-config': text } }).broker;
const channels = (text: string) => parse({ 'default-ch-webhook': { 'default-ch-config': text } }).channel;

test('without ConfigMaps, and with empty ones, the settings are those of a release', () => {
  expect(parse({})).toEqual(defaultEventingConfig);
  const empty = { _example: 'a lot of text' };
  expect(parse({ 'config-br-defaults': empty, 'default-ch-webhook': empty, 'config-features': empty })).toEqual(
    defaultEventingConfig,
  );
});

test("upstream's own config-br-defaults says what is the default here", () => {
  const upstream = `clusterDefault:
  brokerClass: MTChannelBasedBroker
  apiVersion: v1
  kind: ConfigMap
  name: config-br-default-channel
  namespace: knative-eventing
  delivery:
    retry: 10
    backoffPolicy: exponential
    backoffDelay: PT0.2S
`;
  expect(brokers(upstream)).toEqual(defaultEventingConfig.broker);
});

describe('what a broker is made of', () => {
  const defaults = brokers(`clusterDefault:
  brokerClass: MTChannelBasedBroker
  apiVersion: v1
  kind: ConfigMap
  name: cluster
  namespace: knative-eventing
  brokerClasses:
    Kafka: {apiVersion: v1, kind: ConfigMap, name: kafka, namespace: knative-eventing}
namespaceDefaults:
  shop:
    brokerClass: Kafka
    apiVersion: v1
    kind: ConfigMap
    name: shop
    delivery: {retry: 3}
  plain:
    brokerClasses:
      Kafka: {apiVersion: v1, kind: ConfigMap, name: plain-kafka, namespace: plain}
`);

  it.each([
    ['elsewhere', '', 'MTChannelBasedBroker', 'cluster'],
    ['elsewhere', 'Kafka', 'MTChannelBasedBroker', 'kafka'],
    ['elsewhere', 'Other', 'MTChannelBasedBroker', 'cluster'],
    ['shop', '', 'Kafka', 'shop'],
    ['shop', 'Kafka', 'Kafka', 'shop'],
    ['shop', 'MTChannelBasedBroker', 'Kafka', 'cluster'],
    ['plain', '', 'MTChannelBasedBroker', 'cluster'],
    ['plain', 'Kafka', 'MTChannelBasedBroker', 'plain-kafka'],
  ])('in namespace %s with class "%s": by default of class %s, and settings %s', (namespace, given, byDefault, settings) => {
    expect(defaultBrokerClass(defaults, namespace)).toBe(byDefault);
    expect(brokerSettings(defaults, namespace, given).config?.name).toBe(settings);
  });

  it('is written with the namespace of the broker where the ConfigMap names none', () => {
    const config = { ...defaultServingConfig, eventing: { ...defaultEventingConfig, broker: defaults } };
    const broker: KubeObject = {
      apiVersion: 'eventing.knative.dev/v1',
      kind: 'Broker',
      metadata: { name: 'b', namespace: 'shop' },
    };
    expect(setDefaults(broker, config)).toMatchObject({
      metadata: { annotations: { 'eventing.knative.dev/broker.class': 'Kafka' } },
      spec: { config: { name: 'shop', namespace: 'shop' }, delivery: { retry: 3 } },
    });
  });
});

test('a namespace has channels of its own kind', () => {
  const found = channels('namespaceDefaults: {shop: {apiVersion: a/v1, kind: Own, spec: {partitions: 3}}}');
  expect(channelTemplateFor(found, 'shop')).toEqual({ apiVersion: 'a/v1', kind: 'Own', spec: { partitions: 3 } });
  expect(channelTemplateFor(found, 'other').kind).toBe('InMemoryChannel');
  expect(channels('clusterDefault: {apiVersion: a/v1, kind: Own}').channelTemplate.kind).toBe('Own');
});

test('the other ConfigMaps are read, by the older names of their keys as well', () => {
  const found = parse({
    'config-features': { 'cross-namespace-event-links': 'Enabled', 'requestreply-default-timeout': 'PT5S' },
    'config-ping-defaults': { dataMaxSize: '10' },
    'config-sugar': { 'namespace-selector': '{}', 'trigger-selector': 'matchLabels: {team: shop}' },
  });
  expect(found).toMatchObject({
    features: { crossNamespaceEventLinks: true },
    requestReplyTimeout: 'PT5S',
    pingDataMaxSize: 10,
    sugar: { namespaceSelector: {}, triggerSelector: { matchLabels: { team: 'shop' } } },
  });
  const ping: KubeObject = {
    apiVersion: 'sources.knative.dev/v1',
    kind: 'PingSource',
    metadata: { name: 'p', namespace: 'shop' },
    spec: { data: 'more than ten bytes', sink: { uri: 'http://example.com' } },
  };
  expect(formatFieldErrors(validate(ping, { ...defaultServingConfig, eventing: found }))).toBe(
    'invalid value: the data length of 19 bytes exceeds limit set at 10.: spec.data',
  );
});

test("upstream's own config-features, and keys of other programs in it, are taken as they are", () => {
  const upstream = {
    ...{ 'kreference-group': 'disabled', 'delivery-retryafter': 'disabled', 'delivery-timeout': 'enabled' },
    ...{ 'kreference-mapping': 'disabled', 'transport-encryption': 'disabled', 'eventtype-auto-create': 'disabled' },
    ...{ 'authentication-oidc': 'disabled', 'default-authorization-mode': 'allow-same-namespace' },
    ...{ 'cross-namespace-event-links': 'disabled', 'new-apiserversource-filters': 'disabled', _example: 'text' },
  };
  expect(parse({ 'config-features': { ...upstream, istio: 'enabled' } })).toEqual(defaultEventingConfig);
});

test('a ConfigMap of either half of Knative is checked by what reads it in its namespace', () => {
  const features = (namespace: string, data: Record<string, string>) =>
    configMapError({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config-features', namespace }, data }, parseYaml);
  const wrong = { 'default-authorization-mode': 'nobody' };
  expect(features('knative-eventing', wrong)).toContain('default-authorization-mode');
  expect(features('knative-serving', wrong)).toBeUndefined();
  const elsewhere = { name: 'config-sugar', namespace: 'shop' };
  const data = { 'trigger-selector': '7' };
  expect(configMapError({ apiVersion: 'v1', kind: 'ConfigMap', metadata: elsewhere, data }, parseYaml)).toBeUndefined();
});

test.each<[string, string, string, string]>([
  ['config-br-defaults', 'default-br-config', '[1]', 'default-br-config: it: must be an object'],
  [
    'config-br-defaults',
    'default-br-config',
    'clusterDefaults: {}',
    'default-br-config: it.clusterDefaults: no such setting; there are clusterDefault, namespaceDefaults',
  ],
  [
    'config-br-defaults',
    'default-br-config',
    'clusterDefault: {apiVersion: v1, kind: ConfigMap}',
    'default-br-config: missing field(s): clusterDefault.name',
  ],
  [
    'config-br-defaults',
    'default-br-config',
    'clusterDefault: {delivery: {retry: -1}}',
    'default-br-config: invalid value: -1: clusterDefault.delivery.retry',
  ],
  [
    'config-br-defaults',
    'default-br-config',
    'namespaceDefaults: {shop: {brokerClasses: {Kafka: {delivery: {retries: 1}}}}}',
    'namespaceDefaults.shop.brokerClasses.Kafka.delivery.retries',
  ],
  [
    'default-ch-webhook',
    'default-ch-config',
    'clusterDefault: {kind: Own}',
    'default-ch-config: missing field(s): clusterDefault.apiVersion',
  ],
  ['default-ch-webhook', 'default-ch-config', 'a: b: c', 'default-ch-config cannot be parsed, please check the format'],
  ['config-ping-defaults', 'data-max-size', 'much', 'failed to parse "data-max-size"'],
  ['config-sugar', 'trigger-selector', 'matchLabels: [a]', 'trigger-selector.matchLabels'],
  ['config-sugar', 'namespace-selector', 'matchExpressions: [{key: a, operator: In}]', "values set can't be empty"],
  ['config-features', 'requestreply-default-timeout', '30s', 'write an ISO-8601 duration such as PT30S'],
  ['config-features', 'kreference-group', 'Enabled', 'references name their kind by apiVersion here, set it to disabled'],
  ['config-features', 'kreference-mapping', 'enabled', 'set it to disabled and use uri'],
  ['config-features', 'apiserversources-nodeselector-zone', 'a', 'no pod here that could be put on a node, remove it'],
  ['config-features', 'delivery-retryafter', 'true', 'delivery-retryafter is "true", but must be one of enabled, disabled'],
  ['config-features', 'delivery-retry-after', 'enabled', 'no feature delivery-retry-after: write delivery-retryafter'],
])('%s is refused with %s: %s', (name, key, text, message) => {
  const refused = () => parse({ [name]: { [key]: text } });
  expect(refused).toThrow(message);
  expect(refused).toThrow(KncError);
  expect(refused).toThrow(expect.objectContaining({ code: 'KNC2201', where: `ConfigMap ${name}` }));
});
