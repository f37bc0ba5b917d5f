import {
  type Condition,
  defaultServingConfig,
  type EndpointSubset,
  type Endpoints,
  type K8sService,
  type KubeObject,
  type ServerlessService,
  type Stored,
} from '../../../../lib/api';
import type { Plan } from '../../../../lib/control/reconciler';
import { serverlessServiceReconciler } from '../../../../lib/control/serverlessservice';
import { deploymentOf, NAMESPACE, observing, REVISION, START, stored } from '../podautoscaler/fixtures';

const PRIVATE = `${REVISION}-private`;
const gateways: EndpointSubset[] = [
  {
    addresses: [{ ip: '10.1.0.1' }, { ip: '10.1.0.2' }],
    ports: [
      { name: 'http', port: 8012 },
      { name: 'http2', port: 8013 },
      { name: 'https', port: 8112 },
      { name: 'http-metrics', port: 9090 },
    ],
  },
];
const owner = { apiVersion: 'x/v1', kind: 'ServerlessService', name: REVISION, uid: 'uid-ServerlessService', controller: true };
const sksOf = (spec: Partial<ServerlessService['spec']> = {}, status?: ServerlessService['status']): Stored<ServerlessService> =>
  stored({
    apiVersion: 'networking.internal.knative.dev/v1alpha1',
    kind: 'ServerlessService',
    metadata: { name: REVISION, namespace: NAMESPACE, labels: { app: REVISION }, annotations: { a: 'b' } },
    spec: { objectRef: { name: `${REVISION}-deployment` }, protocolType: 'http1', mode: 'Serve', ...spec },
    ...(status ? { status } : {}),
  } as ServerlessService);
const endpoints = (name: string, ips: string[], ownerReferences = [owner]): Stored<Endpoints> =>
  stored({
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name, namespace: NAMESPACE, ownerReferences },
    subsets: ips.length > 0 ? [{ addresses: ips.map((ip) => ({ ip })), ports: [{ name: 'http', port: 8080 }] }] : [],
  });

function planOf(
  sks: Stored<ServerlessService>,
  objects: readonly KubeObject[],
  known: boolean | readonly EndpointSubset[] = true,
) {
  const observed = observing(objects, known ? { 'gateways/all': known === true ? gateways : known } : {});
  return serverlessServiceReconciler.plan(sks, observed, defaultServingConfig, START) as Plan & {
    status: NonNullable<ServerlessService['status']>;
  };
}
const deployment = stored(deploymentOf(1));
const child = (plan: Plan, kind: string, name: string) =>
  plan.apply?.find(({ type, object }) => type.kind === kind && object.metadata.name === name)?.object;
const conditions = ({ status }: { status: { conditions?: readonly Condition[] } }) =>
  Object.fromEntries((status.conditions ?? []).map(({ type, status: is, reason = '' }) => [type, [is, reason]]));

test('a new one gets two Services', () => {
  const plan = planOf(sksOf(), [deployment]);
  const metadata = (name: string, side: string) => ({
    name,
    namespace: NAMESPACE,
    labels: {
      app: REVISION,
      'networking.internal.knative.dev/serverlessservice': REVISION,
      'networking.internal.knative.dev/serviceType': side,
    },
    annotations: { a: 'b' },
    ownerReferences: [{ ...owner, apiVersion: 'networking.internal.knative.dev/v1alpha1', blockOwnerDeletion: true }],
  });
  expect(child(plan, 'Service', REVISION)).toEqual({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(REVISION, 'Public'),
    spec: {
      ports: [
        { name: 'http', protocol: 'TCP', port: 80, targetPort: 8012 },
        { name: 'https', protocol: 'TCP', port: 443, targetPort: 8112 },
      ],
    },
  });
  expect(child(plan, 'Service', PRIVATE)).toEqual({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(PRIVATE, 'Private'),
    spec: {
      ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 'user-port' }],
      selector: { 'serving.knative.dev/revisionUID': 'abc' },
    },
  });
  expect(child(plan, 'Endpoints', REVISION)).toMatchObject({
    subsets: [{ addresses: [{ ip: '10.1.0.1' }, { ip: '10.1.0.2' }] }],
  });
  expect(plan.status).toMatchObject({ serviceName: REVISION, privateServiceName: PRIVATE, observedGeneration: 1 });
});

test('gateways answer for it before Kubernetes has made the Endpoints of its pods', () => {
  expect(conditions(planOf(sksOf({ mode: 'Proxy' }), [deployment]))).toEqual({
    ActivatorEndpointsPopulated: ['True', 'ActivatorEndpointsPopulated'],
    EndpointsPopulated: ['Unknown', 'NoHealthyBackends'],
    Ready: ['Unknown', 'NoHealthyBackends'],
  });
  expect(conditions(planOf(sksOf({ mode: 'Serve' }), [deployment]))).toEqual({
    EndpointsPopulated: ['Unknown', 'CreatingPublicService'],
    Ready: ['Unknown', 'CreatingPublicService'],
  });
});

test('h2c has ports of its own', () => {
  const plan = planOf(sksOf({ protocolType: 'h2c' }), [deployment, endpoints(PRIVATE, ['10.0.0.1'])]);
  const appProtocol = 'kubernetes.io/h2c';
  expect(child(plan, 'Service', REVISION)?.spec).toMatchObject({
    ports: [{ name: 'http2', port: 81, targetPort: 8013, appProtocol }, {}],
  });
  expect(child(plan, 'Service', PRIVATE)?.spec).toMatchObject({
    ports: [{ name: 'http2', port: 80, targetPort: 'user-port', appProtocol }],
  });
  expect(child(plan, 'Endpoints', REVISION)).toMatchObject({
    subsets: [
      {
        ports: [
          { name: 'http2', port: 8013 },
          { name: 'https', port: 8112 },
        ],
      },
    ],
  });
});

test.each<[string, 'Serve' | 'Proxy', string[], Record<string, string[]>]>([
  [
    'pods, mode Serve',
    'Serve',
    ['10.0.0.1'],
    {
      EndpointsPopulated: ['True', ''],
      Ready: ['True', ''],
      ActivatorEndpointsPopulated: ['False', 'ActivatorEndpointsPopulated'],
    },
  ],
  [
    'pods, mode Proxy',
    'Proxy',
    ['10.0.0.1'],
    {
      EndpointsPopulated: ['True', ''],
      Ready: ['True', ''],
      ActivatorEndpointsPopulated: ['True', 'ActivatorEndpointsPopulated'],
    },
  ],
  [
    'no pods',
    'Serve',
    [],
    {
      EndpointsPopulated: ['Unknown', 'NoHealthyBackends'],
      Ready: ['Unknown', 'NoHealthyBackends'],
      ActivatorEndpointsPopulated: ['True', 'ActivatorEndpointsPopulated'],
    },
  ],
])('with %s, the public endpoints are gateways', (_, mode, ips, want) => {
  const plan = planOf(sksOf({ mode }), [deployment, endpoints(PRIVATE, ips, [])]);
  expect(child(plan, 'Endpoints', REVISION)).toMatchObject({
    subsets: [
      {
        addresses: gateways[0]!.addresses,
        ports: [
          { name: 'http', port: 8012 },
          { name: 'https', port: 8112 },
        ],
      },
    ],
  });
  expect(conditions(plan)).toEqual(want);
});

test('until it is known where the gateways are, no endpoints are written', () => {
  const plan = planOf(sksOf(), [deployment, endpoints(PRIVATE, ['10.0.0.1'], [])], false);
  expect(child(plan, 'Endpoints', REVISION)).toBeUndefined();
  expect(plan.asks).toEqual([{ topic: 'gateways', key: 'all', input: null }]);
});

test('without the Deployment nothing can be selected', () => {
  const plan = planOf(sksOf(), []);
  expect(plan.apply ?? []).toEqual([]);
  expect(conditions(plan)).toEqual({ EndpointsPopulated: ['Unknown', ''], Ready: ['Unknown', 'NewObservedGenFailure'] });
});

test.each([
  ['Service', REVISION],
  ['Service', PRIVATE],
  ['Endpoints', REVISION],
])('a %s %s of somebody else is left alone', (kind, name) => {
  const foreign = stored({ apiVersion: 'v1', kind, metadata: { name, namespace: NAMESPACE } });
  const plan = planOf(sksOf(), [deployment, foreign]);
  expect(plan.apply ?? []).toEqual([]);
  expect(plan.status.conditions?.find(({ type }) => type === 'EndpointsPopulated')).toMatchObject({
    status: 'False',
    reason: 'NotOwned',
    message: `Resource ${name} of type ${kind} is not owned by SKS`,
  });
});

test('a plan that is carried out leads to no other', () => {
  const objects = [deployment, endpoints(PRIVATE, ['10.0.0.1'], [])];
  const first = planOf(sksOf(), objects);
  expect(planOf(sksOf({}, first.status), objects).status).toEqual(first.status);
});

test('the public Service names the port at which gateways listen: some ingresses take addresses from Endpoints and the port from here', () => {
  const elsewhere = gateways.map((subset) => ({
    ...subset,
    ports: [
      { name: 'http', port: 8081 },
      { name: 'http2', port: 8081 },
    ],
  }));
  const portOf = (spec: Partial<ServerlessService['spec']>, known: false | readonly EndpointSubset[]) =>
    (child(planOf(sksOf(spec), [deployment], known), 'Service', REVISION) as K8sService | undefined)?.spec.ports?.[0];
  expect(portOf({}, elsewhere)).toMatchObject({ name: 'http', port: 80, targetPort: 8081 });
  expect(portOf({ protocolType: 'h2c' }, elsewhere)).toMatchObject({ name: 'http2', port: 81, targetPort: 8081 });
  expect([portOf({}, false), portOf({}, [])]).toEqual([undefined, undefined]);
  expect(portOf({}, [{ ...gateways[0]!, ports: [] }])).toMatchObject({ targetPort: 8012 });
});

describe('the way into pods with a sidecar', () => {
  const queue = { name: 'queue-proxy', image: 'q', ports: [{ name: 'queue-port', containerPort: 8012 }] };
  const queued = (status: object, generation = 2) => {
    const made = deploymentOf(1);
    const { template } = made.spec;
    const spec = { ...template.spec, containers: [...template.spec.containers, queue] };
    return stored({
      ...made,
      metadata: { ...made.metadata, generation },
      spec: { ...made.spec, template: { ...template, spec } },
      status,
    });
  };
  const known = (targetPort: string): Stored<K8sService> =>
    stored({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: PRIVATE, namespace: NAMESPACE, ownerReferences: [owner] },
      spec: { ports: [{ name: 'http', port: 80, targetPort }] },
    });
  const old = { observedGeneration: 1, replicas: 1, updatedReplicas: 1 };
  const mixed = { observedGeneration: 2, replicas: 2, updatedReplicas: 1 };
  const all = { observedGeneration: 2, replicas: 1, updatedReplicas: 1 };

  test.each<[string, KubeObject[], string]>([
    ['from the beginning', [queued({})], 'queue-port'],
    ['before the change of the Deployment is seen', [queued(old), known('user-port')], 'user-port'],
    ['while some pods are without it', [queued(mixed), known('user-port')], 'user-port'],
    ['once all have it', [queued(all), known('user-port')], 'queue-port'],
    ['while the scale changes', [queued({ ...all, replicas: 1 }, 3), known('queue-port')], 'queue-port'],
    ['once pods are to be without it', [deployment, known('queue-port')], 'user-port'],
  ])('%s', (_, objects, expected) => {
    const made = child(planOf(sksOf(), objects), 'Service', PRIVATE) as K8sService | undefined;
    expect(made?.spec.ports?.[0]?.targetPort).toBe(expected);
  });
});
