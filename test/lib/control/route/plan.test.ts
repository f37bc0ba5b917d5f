import type { Ingress, K8sService, KubeObject, Route, ServingConfig, Stored } from '../../../../lib/api';
import { createRouteReconciler, routeReconciler } from '../../../../lib/control/route';
import { LOCAL_CONFIG } from '../support/control-world';
import { condition, configuration, failed, NOW, ownedBy, ready, revision, route, stored, summary } from '../support/objects';
import { type Facts, observe } from '../support/observe';

const plan = (parent: Stored<Route>, facts: Facts = {}, config: ServingConfig = LOCAL_CONFIG) =>
  routeReconciler.plan(parent, observe(facts), config, NOW);
const at = (configurationName: string, percent: number, tag?: string) => ({
  configurationName,
  latestRevision: true,
  percent,
  ...(tag ? { tag } : {}),
});
const pinned = (revisionName: string, percent: number, tag?: string) => ({
  revisionName,
  latestRevision: false,
  percent,
  ...(tag ? { tag } : {}),
});

const latest = configuration('hello', { status: { ...ready(), latestReadyRevisionName: 'hello-00002' } });
const one = revision('hello-00001', { status: ready() });
const two = revision('hello-00002', { status: ready(), generation: 2 });
const world = [latest, one, two];
const kinds = (result: ReturnType<typeof plan>) => result.apply!.map(({ object }) => `${object.kind} ${object.metadata.name}`);
const ingressOf = (result: ReturnType<typeof plan>) =>
  result.apply!.find(({ type }) => type.kind === 'Ingress')?.object as Ingress;
const split = (name: string, percent: number, servicePort = 80) => ({
  serviceNamespace: 'default',
  serviceName: name,
  servicePort,
  percent,
  appendHeaders: { 'Knative-Serving-Revision': name, 'Knative-Serving-Namespace': 'default' },
});

/** The Ingress of a plan as it is once the front door has taken it in. */
function takenIn(result: ReturnType<typeof plan>, status: Ingress['status'] = {}): Stored<Ingress> {
  const door = { ingress: [{ domainInternal: 'gateway.internal' }] };
  return stored({ ...ingressOf(result), status: { ...ready(), publicLoadBalancer: door, privateLoadBalancer: door, ...status } });
}

describe('the plan of a Route', () => {
  it('makes a Service and an Ingress with a rule inside and one outside', () => {
    const result = plan(route([at('hello', 100)], { metadata: { labels: { team: 'a' } } }), { objects: world });
    expect(kinds(result)).toEqual(['Service hello', 'Ingress hello']);
    const paths = [{ splits: [split('hello-00002', 100)] }];
    expect(ingressOf(result)).toMatchObject({
      metadata: {
        labels: { team: 'a', 'serving.knative.dev/route': 'hello', 'serving.knative.dev/routeNamespace': 'default' },
        annotations: {
          'networking.knative.dev/ingress.class': 'knc.ingress.networking.knative.dev',
          'networking.internal.knative.dev/rollout':
            '{"configurations":[{"configurationName":"hello","percent":100,"revisions":[{"revisionName":"hello-00002","percent":100}],"stepParams":{}}]}',
        },
      },
      spec: {
        httpOption: 'Enabled',
        rules: [
          {
            hosts: ['hello.default', 'hello.default.svc', 'hello.default.svc.cluster.local'],
            visibility: 'ClusterLocal',
            http: { paths },
          },
          { hosts: ['hello.default.example.com'], visibility: 'ExternalIP', http: { paths } },
        ],
      },
    });
    expect(result.apply![0]!.object).toMatchObject({
      metadata: { labels: { team: 'a', 'serving.knative.dev/route': 'hello' } },
      spec: {
        type: 'ExternalName',
        externalName: 'hello.default.example.com',
        ports: [{ name: 'http2', appProtocol: 'kubernetes.io/h2c', port: 80, targetPort: 80 }],
      },
    });
    expect(result.events!.map(({ message }) => message)).toEqual([
      'Created placeholder service "hello"',
      'Created Ingress "hello"',
    ]);
    expect(summary(result.status)).toEqual({
      AllTrafficAssigned: 'True',
      CertificateProvisioned: 'True/TLSNotEnabled: external-domain-tls is not enabled',
      IngressReady: 'Unknown/IngressNotConfigured: Ingress has not yet been reconciled.',
      Ready: 'Unknown/IngressNotConfigured: Ingress has not yet been reconciled.',
    });
    expect(result.status).toMatchObject({
      url: 'http://hello.default.example.com',
      address: { url: 'http://hello.default.svc.cluster.local' },
      traffic: [{ revisionName: 'hello-00002', percent: 100, latestRevision: true }],
    });
  });

  it('points its Service at the front door from the start if that is our own', () => {
    const first = (parent: Stored<Route>) =>
      createRouteReconciler({ gatewayHost: 'gateway.internal' }).plan(parent, observe({ objects: world }), LOCAL_CONFIG, NOW);
    const own = route();
    expect(first(own).apply![0]!.object.spec).toMatchObject({ type: 'ExternalName', externalName: 'gateway.internal' });
    const second = plan(own, { objects: [...world, takenIn(first(own)), stored(first(own).apply![0]!.object)] });
    expect(second.apply![0]!.object).toEqual(first(own).apply![0]!.object);
    const foreign = route(undefined, { metadata: { annotations: { 'networking.knative.dev/ingress.class': 'other' } } });
    expect(first(foreign).apply![0]!.object.spec).toMatchObject({ externalName: 'hello.default.example.com' });
  });

  it('becomes ready with its Ingress, points its Service at the front door, and then rests', () => {
    const first = plan(route(), { objects: world });
    const door = takenIn(first);
    const second = plan(route(), { objects: [...world, door, stored(first.apply![0]!.object)] });
    expect(summary(second.status).Ready).toBe('True');
    expect(second.apply![0]!.object.spec).toMatchObject({ type: 'ExternalName', externalName: 'gateway.internal' });
    expect(second.events).toEqual([]);
    const settled = [...world, door, stored(second.apply![0]!.object)];
    expect(plan({ ...route(), status: second.status as object }, { objects: settled }).status).toEqual(second.status);
  });

  it('is not ready while the front door has not taken its last change in', () => {
    const door = takenIn(plan(route([pinned('hello-00001', 100)]), { objects: world }));
    const before = route([at('hello', 100)], { status: { ...ready(), traffic: [] } });
    expect(summary(plan(before, { objects: [...world, door] }).status).IngressReady).toMatch(/IngressNotConfigured/);
  });

  it('splits by percent, leaves zeros out, and gives each tag a host and a Service', () => {
    const traffic = [pinned('hello-00001', 90, 'old'), at('hello', 10, 'new'), pinned('hello-00002', 0, 'zero')];
    const result = plan(route(traffic), { objects: world });
    expect(kinds(result)).toEqual([
      'Service hello',
      'Service new-hello',
      'Service old-hello',
      'Service zero-hello',
      'Ingress hello',
    ]);
    const outside = ingressOf(result).spec.rules!.filter(({ visibility }) => visibility === 'ExternalIP');
    expect(
      outside.map(({ hosts, http }) => [
        hosts![0],
        http!.paths[0]!.splits.map(({ serviceName, percent }) => `${serviceName}=${percent}`),
      ]),
    ).toEqual([
      ['hello.default.example.com', ['hello-00001=90', 'hello-00002=10']],
      ['new-hello.default.example.com', ['hello-00002=100']],
      ['old-hello.default.example.com', ['hello-00001=100']],
      ['zero-hello.default.example.com', ['hello-00002=100']],
    ]);
    expect((result.status as Route['status'])!.traffic).toEqual([
      {
        tag: 'old',
        revisionName: 'hello-00001',
        percent: 90,
        latestRevision: false,
        url: 'http://old-hello.default.example.com',
      },
      { tag: 'new', revisionName: 'hello-00002', percent: 10, latestRevision: true, url: 'http://new-hello.default.example.com' },
      {
        tag: 'zero',
        revisionName: 'hello-00002',
        percent: 0,
        latestRevision: false,
        url: 'http://zero-hello.default.example.com',
      },
    ]);
    expect(JSON.parse(ingressOf(result).metadata.annotations!['networking.internal.knative.dev/tag-to-host']!)).toEqual({
      new: ['new-hello.default.svc.cluster.local', 'new-hello.default.example.com'],
      old: ['old-hello.default.svc.cluster.local', 'old-hello.default.example.com'],
      zero: ['zero-hello.default.svc.cluster.local', 'zero-hello.default.example.com'],
    });
  });

  it('sends HTTP/2 to the port for it', () => {
    const grpc = revision('hello-00001', { status: ready(), spec: { containers: [{ image: 'i', ports: [{ name: 'h2c' }] }] } });
    const result = plan(route([pinned('hello-00001', 100)]), { objects: [grpc] });
    expect(ingressOf(result).spec.rules![0]!.http!.paths[0]!.splits[0]!.servicePort).toBe(81);
  });

  it('routes by the tag header where the feature is on', () => {
    const config = { ...LOCAL_CONFIG, features: { ...LOCAL_CONFIG.features, tagHeaderBasedRouting: 'Enabled' as const } };
    const { rules } = ingressOf(plan(route([at('hello', 100, 'new')]), { objects: world }, config)).spec;
    expect(rules![1]!.http!.paths).toEqual([
      { headers: { 'Knative-Serving-Tag': { exact: 'new' } }, splits: [split('hello-00002', 100)] },
      { appendHeaders: { 'Knative-Serving-Default-Route': 'true' }, splits: [split('hello-00002', 100)] },
    ]);
    expect(rules![3]!.http!.paths).toEqual([
      { appendHeaders: { 'Knative-Serving-Tag': 'new' }, splits: [split('hello-00002', 100)] },
    ]);
  });

  it.each<[string, Stored<Route>, readonly KubeObject[]]>([
    [
      'its label',
      route([at('hello', 100)], { metadata: { labels: { 'networking.knative.dev/visibility': 'cluster-local' } } }),
      [],
    ],
    [
      'the label of its Service',
      route([at('hello', 100)]),
      [
        stored<K8sService>(
          { apiVersion: 'v1', kind: 'Service', metadata: { name: 'hello' }, spec: {} },
          {
            ...ownedBy(route()),
            labels: { 'serving.knative.dev/route': 'hello', 'networking.knative.dev/visibility': 'cluster-local' },
          },
        ),
      ],
    ],
  ])('stays inside the cluster by %s', (_, parent, more) => {
    const result = plan(parent, { objects: [...world, ...more] });
    expect(ingressOf(result).spec.rules!.map(({ visibility }) => visibility)).toEqual(['ClusterLocal']);
    expect((result.status as Route['status'])!.url).toBe('http://hello.default.svc.cluster.local');
  });

  const good = { ...ready(), url: 'http://old', traffic: [{ revisionName: 'hello-00001', percent: 100 }] };
  const foreign = revision('other-00001', { of: configuration('other'), status: ready() });
  it.each<[string, readonly object[], readonly KubeObject[], string]>([
    [
      'a missing Configuration',
      [at('gone', 100)],
      [],
      'False/ConfigurationMissing: Configuration "gone" referenced in traffic not found.',
    ],
    ['a missing revision', [pinned('gone', 100)], [], 'False/RevisionMissing: Revision "gone" referenced in traffic not found.'],
    [
      'a Configuration without a ready revision',
      [at('hello', 100)],
      [configuration()],
      'Unknown/RevisionMissing: Configuration "hello" is waiting for a Revision to become ready.',
    ],
    [
      'a Configuration that failed',
      [at('hello', 100)],
      [configuration('hello', { status: failed('x') })],
      'False/RevisionMissing: Configuration "hello" does not have any ready Revision.',
    ],
    [
      'a revision that is not ready',
      [pinned('hello-00003', 100)],
      [revision('hello-00003')],
      'Unknown/RevisionMissing: Revision "hello-00003" is not yet ready.',
    ],
    [
      'a revision that failed',
      [pinned('hello-00003', 100)],
      [revision('hello-00003', { status: failed('x') })],
      'False/RevisionMissing: Revision "hello-00003" failed to become ready.',
    ],
    [
      'a revision of another Service',
      [pinned('other-00001', 100)],
      [foreign],
      'False/RevisionNotOwned: Revision "other-00001" belongs to Service "other", not Service "hello".',
    ],
    [
      'two errors of which one is certain',
      [pinned('gone', 50), pinned('hello-00003', 50)],
      [revision('hello-00003')],
      'False/RevisionMissing: Revision "gone" referenced in traffic not found.',
    ],
  ])('keeps what worked in the face of %s', (_, traffic, objects, expected) => {
    const parent = route(traffic, { status: good, metadata: { labels: { 'serving.knative.dev/service': 'hello' } } });
    const result = plan(parent, { objects });
    expect(result.apply).toEqual([]);
    expect(summary(result.status).AllTrafficAssigned).toBe(expected);
    expect((result.status as Route['status'])!.traffic).toEqual(good.traffic);
  });

  it('says that its host is no host, and that a Service of its name is not its own, in one event each', () => {
    const config = { ...LOCAL_CONFIG, network: { ...LOCAL_CONFIG.network, domainTemplate: 'NO' } };
    const bad = plan(route(), { objects: world }, config);
    expect(summary(bad.status).AllTrafficAssigned).toMatch(/^False\/ErrorConfig: domain name error: invalid domain name "NO"/);
    expect(bad.events).toHaveLength(1);
    expect(plan({ ...route(), status: bad.status as object }, { objects: world }, config).events).toEqual([]);
    expect(
      routeReconciler.reads(route([at('hello', 100, 't')]), { ...config, network: { ...config.network, tagTemplate: '{{.X}}' } }),
    ).toEqual([]);

    const service = stored<K8sService>({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'hello' }, spec: {} });
    const clash = plan(route(), { objects: [...world, service] });
    expect(summary(clash.status).IngressReady).toBe(
      'False/NotOwned: There is an existing placeholder Service "hello" that we do not own.',
    );
    expect(clash.events!.map(({ message }) => message)).toEqual(['route: "hello" does not own Service: "hello"']);
    expect(clash.apply).toEqual([]);
  });

  it('refuses an unknown http-protocol, and heeds a known one', () => {
    const protocol = (value: string) =>
      plan(route([at('hello', 100)], { metadata: { annotations: { 'networking.knative.dev/http-protocol': value } } }), {
        objects: world,
      });
    expect(ingressOf(protocol('Redirected')).spec.httpOption).toBe('Redirected');
    expect(protocol('gopher').events!.map(({ message }) => message)).toContain('incorrect http-protocol annotation: gopher');
  });

  it('says that certificates are not to be had where they are asked for', () => {
    const config = { ...LOCAL_CONFIG, network: { ...LOCAL_CONFIG.network, externalDomainTls: true } };
    const certificate = (parent: Stored<Route>) =>
      summary(plan(parent, { objects: world }, config).status).CertificateProvisioned;
    expect(certificate(route())).toMatch(/^False\/CertificateProvisionFailed: external-domain-tls is enabled/);
    const annotations = { 'networking.knative.dev/disable-external-domain-tls': 'true' };
    expect(certificate(route(undefined, { metadata: { annotations } }))).toMatch(/^True\/TLSNotEnabled/);
    const local = { 'networking.knative.dev/visibility': 'cluster-local' };
    expect(certificate(route(undefined, { metadata: { labels: local } }))).toBe(
      'True/TLSNotEnabled: TLS is not enabled for cluster-local',
    );
  });

  it('removes the Services of tags that are gone', () => {
    const gone = stored<K8sService>(
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'old-hello' }, spec: {} },
      { ...ownedBy(route()), labels: { 'serving.knative.dev/route': 'hello' } },
    );
    expect(plan(route(), { objects: [...world, gone] }).remove).toEqual([
      expect.objectContaining({ namespace: 'default', name: 'old-hello' }),
    ]);
  });

  it.each<[string, object, object, object | undefined]>([
    [
      'an address',
      { ip: '10.0.0.1' },
      { type: 'ClusterIP', clusterIP: 'None' },
      [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ name: 'http2', appProtocol: 'kubernetes.io/h2c', port: 80 }] }],
    ],
    ['a domain', { domain: 'lb.example.com' }, { type: 'ExternalName', externalName: 'lb.example.com' }, undefined],
    ['a mesh', { meshOnly: true }, { type: 'ClusterIP', ports: [{ name: 'http', port: 80 }] }, undefined],
  ])('points its Service at a front door that is %s', (_, door, spec, subsets) => {
    const first = plan(route(), { objects: world });
    const entry = takenIn(first, { publicLoadBalancer: { ingress: [door] }, privateLoadBalancer: {} });
    const { apply } = plan(route(), { objects: [...world, entry, stored(first.apply![0]!.object)] });
    expect(apply![0]!.object.spec).toMatchObject(spec);
    expect(apply!.find(({ type }) => type.kind === 'Endpoints')?.object).toEqual(subsets && expect.objectContaining({ subsets }));
  });

  it('makes a Service anew that cannot become what it should be', () => {
    const mesh = { publicLoadBalancer: { ingress: [{ meshOnly: true }] }, privateLoadBalancer: {} };
    const first = plan(route(), { objects: world });
    const inMesh = plan(route(), { objects: [...world, takenIn(first, mesh), stored(first.apply![0]!.object)] });
    const service = stored({
      ...inMesh.apply![0]!.object,
      spec: { ...(inMesh.apply![0]!.object.spec as object), clusterIP: '10.1.1.1' },
    });
    const { remove, apply } = plan(route(), { objects: [...world, takenIn(first), service] });
    expect(remove).toEqual([expect.objectContaining({ name: 'hello' })]);
    expect(apply!.map(({ type }) => type.kind)).toEqual(['Ingress']);
  });

  it('tells why Service or Ingress could not be made', () => {
    const failures = { 'Ingress/hello': 'quota', 'Service/hello': 'no' };
    expect(plan(route(), { objects: world, failures }).events!.map(({ message }) => message)).toEqual([
      'Failed to create placeholder service "hello": no',
      'Failed to create Ingress: quota',
    ]);
  });

  it('moves to a new revision gradually where a rollout duration is set', () => {
    const parent = route([at('hello', 100)], { metadata: { annotations: { 'serving.knative.dev/rollout-duration': '100s' } } });
    const start = configuration('hello', { status: { ...ready(), latestReadyRevisionName: 'hello-00001' } });
    const door = takenIn(plan(parent, { objects: [start, one] }));
    const result = plan(
      { ...parent, status: { ...ready(), conditions: [condition('IngressReady', 'True')] } },
      { objects: [...world, door] },
    );
    expect(
      ingressOf(result).spec.rules![0]!.http!.paths[0]!.splits.map(({ serviceName, percent }) => `${serviceName}=${percent}`),
    ).toEqual(['hello-00001=99', 'hello-00002=1']);
    expect(summary(result.status).IngressReady).toBe(
      'Unknown/RolloutInProgress: A gradual rollout of the latest revision(s) is in progress.',
    );
    expect((result.status as Route['status'])!.traffic).toEqual([
      { revisionName: 'hello-00001', percent: 99, latestRevision: true },
      { revisionName: 'hello-00002', percent: 1, latestRevision: true },
    ]);
  });
});
