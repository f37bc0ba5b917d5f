import { addressOf, install } from './platform';
import { describeCluster } from './support';
import { ask, clock, kubectl, until } from './tools';

const BROKERS = 'broker-ingress.knative-eventing.svc.cluster.local';
const AUDIENCE = 'eventing.knative.dev/broker/tenant/orders';
const OIDC = '"settings": {"eventingFeatures": {"authenticationOidc": true}}';
const SKIP = { 'features.knative.dev/apiserversource-skip-permissions-check': 'true' };

/** Prints a line for each event that it gets: type, and the name of the object that the event is about. */
const SINK =
  "require('http').createServer((q,s)=>q.resume().on('end',()=>{console.log(q.headers['ce-type'],q.headers['ce-name']||'');s.writeHead(202).end()})).listen(8080)";
/** Sends an event every half second, with the token that there is. */
const SENDER =
  "const fs=require('fs');setInterval(()=>{let t='';try{t=fs.readFileSync('/oidc/token','utf8')}catch{}if(!process.env.K_SINK)return;fetch(process.env.K_SINK,{method:'POST',headers:{'ce-specversion':'1.0','ce-id':String(Date.now()),'ce-source':'/s','ce-type':'bound',...(t?{authorization:'Bearer '+t}:{})}}).then((r)=>console.log(r.status),(e)=>console.log(String(e)))},500)";

const object = (apiVersion: string, kind: string, name: string, rest: object, annotations = {}, namespace = 'tenant') => ({
  ...{ apiVersion, kind, metadata: { name, namespace, annotations }, ...rest },
});
const program = (script: string) => ({
  containers: [{ name: 'main', image: 'registry.local/knative-constructs:dev', command: ['node', '-e', script] }],
});
const toSink = { ref: { apiVersion: 'v1', kind: 'Service', name: 'sink', namespace: 'tenant' } };
const toBroker = { ref: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'orders' } };
const source = (name: string, spec: object, annotations = {}, namespace = 'tenant') => {
  const resources = [{ apiVersion: 'v1', kind: 'ConfigMap' }];
  return object(
    'sources.knative.dev/v1',
    'ApiServerSource',
    name,
    { spec: { resources, sink: toSink, ...spec } },
    annotations,
    namespace,
  );
};
const apply = (...items: readonly object[]) =>
  kubectl('apply -f -', { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });

/** The conditions of a source that are not true, as `Type: message`. */
async function wrong(name: string, namespace = 'tenant'): Promise<string> {
  const { status } = JSON.parse(await kubectl(`get apiserversource ${name} -n ${namespace} -o json`)) as {
    status?: { conditions?: { type: string; status: string; message?: string }[] };
  };
  if (!status?.conditions) return 'nothing is known';
  const lines = status.conditions.filter(({ status, type }) => status === 'False' && type !== 'Ready');
  return lines.map(({ type, message }) => `${type}: ${message}`).join('\n');
}
const heard = async () => (await kubectl('logs -n tenant sink --tail=-1')).split('\n').filter(Boolean);
const reader = object('rbac.authorization.k8s.io/v1', 'RoleBinding', 'reader', {
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
  subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace: 'tenant' }],
});

describeCluster('whose rights events have', () => {
  beforeAll(async () => {
    // One that an earlier run has left would count.
    await kubectl('delete configmap config-features -n knative-eventing --ignore-not-found').catch(() => '');
    await install();
    await apply(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tenant' } },
      object('v1', 'ServiceAccount', 'reader', {}),
      object('rbac.authorization.k8s.io/v1', 'Role', 'reader', {
        rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] }],
      }),
      reader,
      {
        ...object('v1', 'Pod', 'sink', { spec: program(SINK) }),
        metadata: { name: 'sink', namespace: 'tenant', labels: { app: 'sink' } },
      },
      object('v1', 'Service', 'sink', { spec: { selector: { app: 'sink' }, ports: [{ port: 80, targetPort: 8080 }] } }),
    );
    await kubectl('wait pod/sink -n tenant --for=condition=Ready --timeout=60s');
  }, 300_000);
  afterAll(async () => {
    await kubectl('delete namespace tenant --timeout=120s');
    await kubectl('delete apiserversources -n kube-system --all');
    await kubectl('delete configmap config-features -n knative-eventing --ignore-not-found');
    await install();
  }, 300_000);

  test('a source tells what its service account may read, and another says what it may not', async () => {
    await apply(source('fine', { serviceAccountName: 'reader' }), source('poor', {}));
    await kubectl('wait apiserversource/fine -n tenant --for=condition=Ready --timeout=60s');
    const lacks =
      'User system:serviceaccount:tenant:default cannot get, list, watch resource "configmaps" in API group "" in Namespace "tenant"';
    await until('refusal', async () => (await wrong('poor')) === `SufficientPermissions: ${lacks}`);
    await kubectl('create configmap one -n tenant');
    await kubectl('create configmap elsewhere -n default');
    await until('event', async () => (await heard()).includes('dev.knative.apiserver.ref.add one'));
    expect((await heard()).filter((line) => line.endsWith(' one') || line.endsWith(' elsewhere'))).toHaveLength(1);
    await kubectl('delete configmap elsewhere -n default');
  }, 120_000);

  test('nobody gets more by not having rights checked, by other names, or by accounts of the system', async () => {
    await apply(
      source('nosy', { namespaceSelector: {} }, SKIP),
      source('path', { serviceAccountName: '../../kube-system/serviceaccounts/namespace-controller' }, SKIP),
      source('system', { serviceAccountName: 'namespace-controller' }, SKIP, 'kube-system'),
    );
    const refused: readonly [string, string, string][] = [
      [
        'nosy',
        'tenant',
        'configmaps is forbidden: User "system:serviceaccount:tenant:default" cannot list resource "configmaps"',
      ],
      ['path', 'tenant', 'no name of a service account'],
      ['system', 'kube-system', 'the platform issues no tokens of service accounts in namespace kube-system'],
    ];
    for (const [name, namespace, text] of refused) {
      await until(`refusal of ${name}`, async () => (await wrong(name, namespace)).includes(text));
    }
    const before = (await heard()).length;
    await kubectl('create configmap secretive -n default');
    await kubectl('create configmap seen -n tenant');
    await until('event', async () => (await heard()).length > before);
    expect((await heard()).slice(before)).toEqual(['dev.knative.apiserver.ref.add seen']);
    await kubectl('delete configmap secretive -n default');
  }, 120_000);

  test('a source whose account loses its rights, or is made anew, follows', async () => {
    await kubectl('delete rolebinding reader -n tenant');
    // Whoever looks anew is refused at once; what was begun before ends when the API server ends it, within ten minutes.
    const more = [
      { apiVersion: 'v1', kind: 'ConfigMap' },
      { apiVersion: 'v1', kind: 'Endpoints' },
    ];
    await apply(source('fine', { serviceAccountName: 'reader', resources: more }));
    await until('refusal', async () =>
      (await wrong('fine')).startsWith('SufficientPermissions: User system:serviceaccount:tenant:reader'),
    );
    await kubectl('delete serviceaccount reader -n tenant');
    await apply(object('v1', 'ServiceAccount', 'reader', {}), reader, source('fine', { serviceAccountName: 'reader' }));
    await kubectl('wait apiserversource/fine -n tenant --for=condition=Ready --timeout=60s');
    await kubectl('create configmap two -n tenant');
    await until('event', async () => (await heard()).includes('dev.knative.apiserver.ref.add two'));
  }, 120_000);

  test('with authentication-oidc senders prove themselves by tokens of the cluster, receivers check them, policies act', async () => {
    process.env['PLATFORM_MORE'] = OIDC;
    try {
      await install();
    } finally {
      delete process.env['PLATFORM_MORE'];
    }
    await apply(
      object('eventing.knative.dev/v1', 'Broker', 'orders', {}),
      object('eventing.knative.dev/v1', 'Trigger', 'all', { spec: { broker: 'orders', subscriber: toSink } }),
      object('sources.knative.dev/v1', 'PingSource', 'tick', { spec: { schedule: '* * * * * *', data: '{}', sink: toBroker } }),
      object('apps/v1', 'Deployment', 'sender', {
        spec: {
          selector: { matchLabels: { app: 'sender' } },
          template: { metadata: { labels: { app: 'sender' } }, spec: program(SENDER) },
        },
      }),
      object('sources.knative.dev/v1', 'SinkBinding', 'bind', {
        spec: { subject: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'sender' }, sink: toBroker },
      }),
      object('v1', 'ServiceAccount', 'shop', {}),
      object('v1', 'ServiceAccount', 'stranger', {}, {}, 'default'),
    );
    for (const one of ['broker/orders', 'trigger/all', 'pingsource/tick', 'sinkbinding/bind']) {
      await kubectl(`wait ${one} -n tenant --for=condition=Ready --timeout=60s`);
    }
    for (const type of ['dev.knative.sources.ping', 'bound']) {
      await until(`event ${type}`, async () => (await heard()).some((line) => line.startsWith(type)));
    }
    const gateway = await addressOf('knative-serving', 'knc-gateway');
    const token = (name: string, namespace: string, audience = AUDIENCE) =>
      kubectl(`create token ${name} -n ${namespace} --audience ${audience}`).then((text) => text.trim());
    const send = async (authorization?: string, type = 't') => {
      const headers = { 'ce-specversion': '1.0', 'ce-id': String(clock.now()), 'ce-source': '/t', 'ce-type': type };
      const bearer = authorization === undefined ? {} : { authorization: `Bearer ${authorization}` };
      return (await ask(gateway, 80, BROKERS, { method: 'POST', path: '/tenant/orders', headers: { ...headers, ...bearer } }))
        .status;
    };
    const [shop, stranger] = [await token('shop', 'tenant'), await token('stranger', 'default')];
    const forged = `${shop.slice(0, -5)}AAAAA`;
    expect(await send()).toBe(401);
    expect(await send(await token('shop', 'tenant', 'somebody-else'))).toBe(401);
    expect(await send(forged)).toBe(401);
    expect(await send(stranger)).toBe(403);
    expect(await send(shop)).toBe(202);
    await apply(
      object('eventing.knative.dev/v1alpha1', 'EventPolicy', 'only', {
        spec: { to: [toBroker], from: [{ sub: 'system:serviceaccount:default:stranger' }], filters: [{ exact: { type: 'ok' } }] },
      }),
    );
    await until('policy', async () => (await send(shop)) === 403);
    expect(await send(stranger)).toBe(403);
    expect(await send(stranger, 'ok')).toBe(202);
    await kubectl('delete eventpolicy only -n tenant');
    await kubectl('delete serviceaccount stranger -n default');
    // The account of a source is made anew: what was issued for the one before is refused, and asked for again.
    await kubectl('delete serviceaccount tick-oidc-sources.knative.dev-pingsource -n tenant');
    await kubectl('delete serviceaccount shop -n tenant');
    // For a minute a verdict over a token holds.
    await until('end of the token of an account that is gone', async () => (await send(shop)) === 401, 90);
    const pings = (await heard()).filter((line) => line.includes('ping')).length;
    await until('pings', async () => (await heard()).filter((line) => line.includes('ping')).length > pings + 1, 20);
    const log = await kubectl('logs -n knative-serving knc-runtime-0 --tail=-1');
    expect(log.split('\n').filter((line) => /nobody answers questions|"level":"error"/.test(line))).toEqual([]);
  }, 400_000);
});
