import {
  allTypes,
  ConfigMapType,
  DeploymentType,
  EndpointSliceType,
  EndpointsType,
  EventType,
  K8sServiceType,
  type KubeObject,
  NamespaceType,
  ReplicaSetType,
  type ResourceType,
  RevisionType,
  resourceType,
  SecretType,
  ServiceAccountType,
  ServiceType,
} from '../../../../../lib/api';
import { toTable } from '../../../../../lib/local/api-server/table';

const now = Date.parse('2026-01-01T00:05:00Z');
const metadata = { name: 'x', namespace: 'default', creationTimestamp: '2026-01-01T00:00:00Z' };

const table = (type: ResourceType, object: object) =>
  toTable(type, [{ apiVersion: 'v1', kind: type.kind, metadata, ...object } as KubeObject], { now });
const cells = (type: ResourceType, object: object) => table(type, object).rows[0]!.cells;
const headings = (type: ResourceType, wide: boolean) =>
  toTable(type, [], { now })
    .columnDefinitions!.filter(({ priority }) => wide || priority === 0)
    .map(({ name }) => name.toUpperCase());

test('every kind has a printer with a value for each column', () => {
  const shapeless = {
    spec: { containers: [], selector: {}, template: { spec: { containers: [] } } },
    involvedObject: {},
    endpoints: [],
  };
  for (const type of allTypes) {
    const { columnDefinitions, rows } = table(type, shapeless);
    expect(rows[0]!.cells).toHaveLength(columnDefinitions!.length);
    expect(columnDefinitions!.filter(({ format }) => format === 'name')).toHaveLength(1);
  }
});

describe('a kind with printer columns', () => {
  const status = {
    url: 'http://hello.example.com',
    latestCreatedRevisionName: 'hello-2',
    latestReadyRevisionName: 'hello-1',
    conditions: [
      { type: 'ConfigurationsReady', status: 'True' },
      { type: 'Ready', status: 'False', reason: 'Oops' },
    ],
  };

  test('shows its name and what they point at', () => {
    expect(headings(ServiceType, true)).toEqual(['NAME', 'URL', 'LATESTCREATED', 'LATESTREADY', 'READY', 'REASON']);
    expect(cells(ServiceType, { status })).toEqual(['x', 'http://hello.example.com', 'hello-2', 'hello-1', 'False', 'Oops']);
    expect(cells(ServiceType, {})).toEqual(['x', null, null, null, null, null]);
  });

  test('labels, numbers and texts keep their types', () => {
    const labels = { 'serving.knative.dev/configuration': 'hello', 'serving.knative.dev/configurationGeneration': '3' };
    const revision = { metadata: { ...metadata, labels }, status: { ...status, actualReplicas: 2, desiredReplicas: '2' } };
    expect(cells(RevisionType, revision)).toEqual(['x', 'hello', '3', 'False', 'Oops', 2, null]);
  });

  test('dates are ages, objects are JSON, and columns of low priority are for -o wide', () => {
    const type = resourceType('example.com/v1', 'Thing', 'things', {
      columns: [
        { name: 'Made', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        { name: 'Spec', type: 'string', jsonPath: '.spec', priority: 1 },
      ],
    });
    expect(headings(type, false)).toEqual(['NAME', 'MADE']);
    expect(headings(type, true)).toEqual(['NAME', 'MADE', 'SPEC']);
    expect(cells(type, { spec: { a: 1 } })).toEqual(['x', '5m', '{"a":1}']);
  });

  test('without any of its own it shows its age', () => {
    const type = resourceType('example.com/v1', 'Bare', 'bares');
    expect(headings(type, true)).toEqual(['NAME', 'AGE']);
    expect(cells(type, {})).toEqual(['x', '5m']);
  });
});

describe('kinds of Kubernetes', () => {
  const template = {
    spec: {
      containers: [
        { name: 'a', image: 'i/a' },
        { name: 'b', image: 'i/b' },
      ],
    },
  };
  const selector = {
    matchLabels: { tier: 'web', app: 'shop' },
    matchExpressions: [
      { key: 'canary', operator: 'DoesNotExist' },
      { key: 'zone', operator: 'In', values: ['b', 'a'] },
    ],
  };

  test('a Deployment', () => {
    expect(headings(DeploymentType, false)).toEqual(['NAME', 'READY', 'UP-TO-DATE', 'AVAILABLE', 'AGE']);
    expect(headings(DeploymentType, true).slice(5)).toEqual(['CONTAINERS', 'IMAGES', 'SELECTOR']);
    const status = { readyReplicas: 1, updatedReplicas: 3, availableReplicas: 1 };
    expect(cells(DeploymentType, { spec: { replicas: 3, template, selector }, status })).toEqual([
      ...['x', '1/3', 3, 1, '5m'],
      ...['a,b', 'i/a,i/b', 'app=shop,!canary,tier=web,zone in (a,b)'],
    ]);
    expect(cells(DeploymentType, { spec: { replicas: 0, template, selector: {} } })).toEqual([
      ...['x', '0/0', 0, 0, '5m'],
      ...['a,b', 'i/a,i/b', ''],
    ]);
  });

  test('a ReplicaSet', () => {
    expect(headings(ReplicaSetType, false)).toEqual(['NAME', 'DESIRED', 'CURRENT', 'READY', 'AGE']);
    expect(cells(ReplicaSetType, { spec: { replicas: 2, template, selector: {} }, status: { replicas: 1 } })).toEqual([
      ...['x', 2, 1, 0, '5m'],
      ...['a,b', 'i/a,i/b', '<none>'],
    ]);
  });

  test.each([
    [
      'with an address',
      { clusterIP: '10.0.0.1', ports: [{ port: 80 }, { port: 53, protocol: 'UDP' }], selector: { b: '2', a: '1' } },
      ['x', 'ClusterIP', '10.0.0.1', '<none>', '80/TCP,53/UDP', '5m', 'a=1,b=2'],
    ],
    [
      'that is a name',
      { type: 'ExternalName', externalName: 'gateway.example.com', ports: [{ port: 80 }] },
      ['x', 'ExternalName', '<none>', 'gateway.example.com', '80/TCP', '5m', '<none>'],
    ],
    ['without one', { clusterIP: 'None' }, ['x', 'ClusterIP', 'None', '<none>', '<none>', '5m', '<none>']],
    [
      'on the nodes',
      { type: 'NodePort', clusterIP: '10.0.0.1', ports: [{ port: 80, nodePort: 31080 }], externalIPs: ['1.2.3.4'] },
      ['x', 'NodePort', '10.0.0.1', '1.2.3.4', '80:31080/TCP', '5m', '<none>'],
    ],
    [
      'that waits for a load balancer',
      { type: 'LoadBalancer', clusterIP: '10.0.0.1' },
      ['x', 'LoadBalancer', '10.0.0.1', '<pending>', '<none>', '5m', '<none>'],
    ],
  ])('a Service %s', (_, spec, expected) => {
    expect(headings(K8sServiceType, true)).toEqual(['NAME', 'TYPE', 'CLUSTER-IP', 'EXTERNAL-IP', 'PORT(S)', 'AGE', 'SELECTOR']);
    expect(cells(K8sServiceType, { spec })).toEqual(expected);
  });

  test('a Service with load balancers', () => {
    const status = { loadBalancer: { ingress: [{ ip: '9.9.9.9' }, { hostname: 'a.example.com' }, { ip: '9.9.9.9' }] } };
    expect(cells(K8sServiceType, { spec: { type: 'LoadBalancer', externalIPs: ['1.1.1.1'] }, status })[3]).toBe(
      '9.9.9.9,a.example.com,1.1.1.1',
    );
  });

  test('Endpoints and EndpointSlices write three out and count the rest', () => {
    const addresses = ['10.0.0.1', '10.0.0.2'].map((ip) => ({ ip }));
    const ports = [{ port: 80 }, { port: 443 }];
    expect(cells(EndpointsType, { subsets: [{ addresses, ports }] })[1]).toBe('10.0.0.1:80,10.0.0.2:80,10.0.0.1:443 + 1 more...');
    expect(cells(EndpointsType, { subsets: [{ addresses: [{ ip: '::1' }], ports: [{ port: 80 }] }] })[1]).toBe('[::1]:80');
    expect(cells(EndpointsType, {})[1]).toBe('<none>');
    expect(cells(EndpointsType, { subsets: [{ notReadyAddresses: addresses, ports }] })[1]).toBe('');
    const slice = { addressType: 'IPv4', ports: [...ports, { name: 'x' }, {}], endpoints: [{ addresses: ['10.0.0.1'] }] };
    expect(cells(EndpointSliceType, slice)).toEqual(['x', 'IPv4', '80,443,x + 1 more...', '10.0.0.1', '5m']);
    expect(cells(EndpointSliceType, { addressType: 'IPv4', endpoints: [] })).toEqual(['x', 'IPv4', '<unset>', '<unset>', '5m']);
  });

  test('ConfigMaps, Secrets, ServiceAccounts and Namespaces', () => {
    expect(cells(ConfigMapType, { data: { a: '1' }, binaryData: { b: '2' } })).toEqual(['x', 2, '5m']);
    expect(cells(SecretType, { type: 'kubernetes.io/tls', data: { a: '1' } })).toEqual(['x', 'kubernetes.io/tls', 1, '5m']);
    expect(cells(ServiceAccountType, {})).toEqual(['x', 0, '5m']);
    expect(cells(NamespaceType, { status: { phase: 'Active' } })).toEqual(['x', 'Active', '5m']);
  });

  test('an Event', () => {
    expect(headings(EventType, false)).toEqual(['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE']);
    const event = {
      involvedObject: { kind: 'Pod', name: 'hello', fieldPath: 'spec.containers{a}' },
      type: 'Warning',
      reason: 'BackOff',
      message: ' again \n',
      source: { component: 'kubelet', host: 'local' },
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:04:30Z',
      count: 4,
    };
    expect(cells(EventType, event)).toEqual([
      ...['30s', 'Warning', 'BackOff', 'pod/hello', 'spec.containers{a}', 'kubelet, local', 'again', '5m', 4, 'x'],
    ]);
  });

  test('an Event in the newer form', () => {
    const event = {
      involvedObject: { kind: 'Node' },
      eventTime: '2026-01-01T00:00:00.000000Z',
      series: { count: 7, lastObservedTime: '2026-01-01T00:04:50.000000Z' },
      reportingComponent: 'someone',
    };
    expect(cells(EventType, event)).toEqual(['10s', '', '', 'node', '', 'someone', '', '5m', 7, 'x']);
  });

  test('a Node', () => {
    const node = resourceType('v1', 'Node', 'nodes', { namespaced: false });
    const object = {
      metadata: { ...metadata, labels: { 'node-role.kubernetes.io/worker': '', 'node-role.kubernetes.io/control-plane': '' } },
      spec: { unschedulable: true },
      status: {
        conditions: [{ type: 'Ready', status: 'True' }],
        addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
        nodeInfo: { kubeletVersion: 'v1.34.0', osImage: 'Debian' },
      },
    };
    expect(cells(node, object)).toEqual([
      ...['x', 'Ready,SchedulingDisabled', 'control-plane,worker', '5m', 'v1.34.0'],
      ...['127.0.0.1', '<none>', 'Debian', '<unknown>', '<unknown>'],
    ]);
  });

  test('a kind without columns shows when it was created', () => {
    const crd = resourceType('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'customresourcedefinitions');
    expect(headings(crd, true)).toEqual(['NAME', 'CREATED AT']);
    expect(cells(crd, {})).toEqual(['x', '2026-01-01T00:00:00Z']);
  });
});

describe('what goes along with a row', () => {
  const object: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata };

  test('is the metadata, unless the request says otherwise', () => {
    const include = (includeObject?: 'None' | 'Metadata' | 'Object') =>
      toTable(ConfigMapType, [object], { now, ...(includeObject ? { includeObject } : {}) }).rows[0]!.object;
    const partial = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
    expect(include()).toEqual(partial);
    expect(include('Metadata')).toEqual(partial);
    expect(include('Object')).toBe(object);
    expect(include('None')).toBeUndefined();
  });

  test('the table carries the version of the list, and no headings where none are wanted', () => {
    expect(toTable(ConfigMapType, [], { now, resourceVersion: '7', noHeaders: true })).toEqual({
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: '7' },
      columnDefinitions: null,
      rows: [],
    });
  });
});
