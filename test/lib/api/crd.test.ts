import {
  ChannelType,
  ConfigMapType,
  crd,
  EventTypeType,
  knativeTypes,
  type ResourceType,
  RouteType,
  ServiceType,
  SinkBindingType,
} from '../../../lib/api';

type Node = Readonly<Record<string, unknown>> & {
  readonly type?: string;
  readonly properties?: Record<string, Node>;
  readonly items?: Node;
};

const schemaOf = (type: ResourceType) => crd(type).spec.versions[0]!.schema.openAPIV3Schema as Node;

function* walk(node: Node, path = ''): Generator<readonly [string, Node]> {
  yield [path, node];
  for (const [key, field] of Object.entries(node.properties ?? {})) yield* walk(field, `${path}.${key}`);
  if (node.items) yield* walk(node.items, `${path}[]`);
  if (typeof node['additionalProperties'] === 'object') yield* walk(node['additionalProperties'] as Node, `${path}{}`);
}

describe.each(knativeTypes.map((type) => [type.kind, type] as const))('the definition of %s', (_, type) => {
  const nodes = [...walk(schemaOf(type))];

  test('is structural', () => {
    for (const [path, node] of nodes) {
      expect([path, '$ref' in node || 'oneOf' in node || 'allOf' in node]).toEqual([path, false]);
      expect([path, !!node.properties && 'additionalProperties' in node]).toEqual([path, false]);
      expect([path, node.type !== undefined || node['x-kubernetes-int-or-string'] === true]).toEqual([path, true]);
      expect([path, 'anyOf' in node]).toEqual([path, node['x-kubernetes-int-or-string'] === true]);
      if (node.type === 'array') expect([path, node.items !== undefined]).toEqual([path, true]);
    }
  });

  test('has no mark of ours left', () => {
    expect(JSON.stringify(crd(type))).not.toMatch(/x-knc-|tsType|"\$id"/);
  });

  test('requires the keys of lists that are maps', () => {
    for (const [path, node] of nodes) {
      if (node['x-kubernetes-list-type'] !== 'map') continue;
      expect([path, node.items?.['required']]).toEqual([
        path,
        expect.arrayContaining(node['x-kubernetes-list-map-keys'] as string[]),
      ]);
    }
  });

  test('bounds every list and text that a rule looks at', () => {
    for (const [path, node] of nodes) {
      const rules = (node['x-kubernetes-validations'] ?? []) as { rule: string }[];
      if (node.type === 'array' && rules.some(({ rule }) => rule.includes('self')))
        expect([path, typeof node['maxItems']]).toEqual([path, 'number']);
      if (node.type === 'string' && rules.some(({ rule }) => rule.includes('matches(')))
        expect([path, typeof node['maxLength']]).toEqual([path, 'number']);
    }
  });

  test('has rules for the spec and none for the status', () => {
    expect(nodes.filter(([path, node]) => path.startsWith('.status') && 'x-kubernetes-validations' in node)).toEqual([]);
  });

  test('gives every rule a message', () => {
    for (const [, node] of nodes) {
      for (const rule of (node['x-kubernetes-validations'] ?? []) as Record<string, string>[])
        expect(rule['message']).toBeTruthy();
    }
  });

  test('stores one version, and serves all of them with a status', () => {
    const versions = [type, ...(type.otherVersions ?? [])];
    expect(crd(type)).toMatchObject({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `${type.plural}.${type.group}` },
      spec: {
        scope: type.namespaced ? 'Namespaced' : 'Cluster',
        versions: versions.map(({ version }) => ({
          name: version,
          served: true,
          storage: version === type.version,
          subresources: { status: {} },
        })),
      },
    });
  });
});

const EVENTING = ['all', 'knative', 'eventing'];
const CHANNEL = ['all', 'knative', 'messaging', 'channel'];
const SOURCES = ['all', 'knative', 'sources'];
const AGE = ['Age', 'Ready', 'Reason'];
const ADDRESS = ['URL', ...AGE];

test.each<[string, string, string[] | undefined, string[], string[] | undefined]>([
  [
    'Service',
    'services',
    ['kservice', 'ksvc'],
    ['all', 'knative', 'serving'],
    ['URL', 'LatestCreated', 'LatestReady', 'Ready', 'Reason'],
  ],
  [
    'Configuration',
    'configurations',
    ['config', 'cfg'],
    ['all', 'knative', 'serving'],
    ['LatestCreated', 'LatestReady', 'Ready', 'Reason'],
  ],
  [
    'Revision',
    'revisions',
    ['rev'],
    ['all', 'knative', 'serving'],
    ['Config Name', 'Generation', 'Ready', 'Reason', 'Actual Replicas', 'Desired Replicas'],
  ],
  ['Route', 'routes', ['rt'], ['all', 'knative', 'serving'], ['URL', 'Ready', 'Reason']],
  [
    'PodAutoscaler',
    'podautoscalers',
    ['kpa', 'pa'],
    ['knative-internal', 'autoscaling'],
    ['DesiredScale', 'ActualScale', 'Ready', 'Reason'],
  ],
  ['Metric', 'metrics', undefined, ['knative-internal', 'autoscaling'], ['Ready', 'Reason']],
  ['Ingress', 'ingresses', ['kingress', 'king'], ['knative-internal', 'networking'], ['Ready', 'Reason']],
  [
    'ServerlessService',
    'serverlessservices',
    ['sks'],
    ['knative-internal', 'networking'],
    ['Mode', 'Activators', 'ServiceName', 'PrivateServiceName', 'Ready', 'Reason'],
  ],
  ['DomainMapping', 'domainmappings', ['dm'], ['all', 'knative', 'serving'], ['URL', 'Ready', 'Reason']],
  ['ClusterDomainClaim', 'clusterdomainclaims', ['cdc'], ['knative-internal', 'networking'], undefined],
  ['Broker', 'brokers', undefined, EVENTING, [...ADDRESS, 'Class']],
  ['Trigger', 'triggers', undefined, EVENTING, ['Broker', 'Subscriber_URI', ...AGE]],
  [
    'EventType',
    'eventtypes',
    undefined,
    EVENTING,
    ['Type', 'Source', 'Reference Name', 'Reference Kind', 'Description', 'Ready', 'Reason'],
  ],
  ['EventPolicy', 'eventpolicies', undefined, EVENTING, ['Ready', 'Reason']],
  ['EventTransform', 'eventtransforms', undefined, EVENTING, ['URL', 'Sink', 'Ready', 'Reason']],
  ['RequestReply', 'requestreplies', ['rr'], EVENTING, ['URL', 'Ready', 'Reason']],
  ['Channel', 'channels', ['ch'], CHANNEL, ADDRESS],
  ['InMemoryChannel', 'inmemorychannels', ['imc'], CHANNEL, ADDRESS],
  ['Subscription', 'subscriptions', ['sub'], ['all', 'knative', 'messaging'], AGE],
  ['Sequence', 'sequences', undefined, ['all', 'knative', 'flows'], ADDRESS],
  ['Parallel', 'parallels', undefined, ['all', 'knative', 'flows'], ADDRESS],
  ['PingSource', 'pingsources', undefined, SOURCES, ['Sink', 'Schedule', ...AGE]],
  ['ApiServerSource', 'apiserversources', undefined, SOURCES, ['Sink', ...AGE]],
  ['ContainerSource', 'containersources', undefined, SOURCES, ['Sink', ...AGE]],
  ['SinkBinding', 'sinkbindings', undefined, [...SOURCES, 'bindings'], ['Sink', ...AGE]],
  ['JobSink', 'jobsinks', undefined, [...EVENTING, 'sink'], ADDRESS],
])('%s is called and shown as upstream has it', (kind, plural, shortNames, categories, columns) => {
  const { spec } = crd(knativeTypes.find((type) => type.kind === kind)!);
  expect(spec.names).toEqual({ kind, plural, singular: kind.toLowerCase(), categories, ...(shortNames ? { shortNames } : {}) });
  expect(spec.versions[0]!.additionalPrinterColumns?.map((column) => (column as { name: string }).name)).toEqual(columns);
});

test('what can be addressed and what has a pod are labelled', () => {
  expect(crd(ServiceType).metadata.labels).toMatchObject({
    'duck.knative.dev/addressable': 'true',
    'duck.knative.dev/podspecable': 'true',
  });
  expect(crd(RouteType).metadata.labels).not.toHaveProperty('duck.knative.dev/podspecable');
});

test('fields that are never allowed are declared and refused, so that they are not dropped in silence', () => {
  const pod = schemaOf(ServiceType).properties!['spec']!.properties!['template']!.properties!['spec']!;
  expect(pod.properties!['nodeName']).toMatchObject({
    type: 'string',
    'x-kubernetes-validations': [{ rule: "self == ''", message: 'must not set the field(s)' }],
  });
  expect(pod.properties!['priority']).toMatchObject({ 'x-kubernetes-validations': [{ rule: 'false' }] });
  expect(pod.properties!['readinessGates']).toMatchObject({ type: 'array', 'x-kubernetes-validations': [{ rule: 'false' }] });
});

test('the versions of a kind keep each other’s fields: nothing converts between them', () => {
  const [newer, older] = crd(EventTypeType).spec.versions.map(({ name, schema }) => [
    name,
    Object.keys((schema.openAPIV3Schema as Node).properties!['spec']!.properties!).sort(),
  ]);
  const fields = ['attributes', 'broker', 'description', 'reference', 'schema', 'schemaData', 'source', 'type'];
  expect([newer, older]).toEqual([
    ['v1beta3', fields],
    ['v1beta2', fields],
  ]);
});

test('sources, bindings and channels are labelled as upstream has it', () => {
  expect(crd(SinkBindingType).metadata.labels).toMatchObject({
    'duck.knative.dev/source': 'true',
    'duck.knative.dev/binding': 'true',
    'eventing.knative.dev/source': 'true',
  });
  expect(crd(ChannelType).metadata.labels).toMatchObject({
    'messaging.knative.dev/subscribable': 'true',
    'app.kubernetes.io/name': 'knative-eventing',
  });
});

test('only custom resources have a definition', () => {
  expect(() => crd(ConfigMapType)).toThrow('ConfigMap is not a custom resource');
});
