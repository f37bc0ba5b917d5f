import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { allTypes } from '../../../../lib/api';
import { noLog, RealClock, seededRandom } from '../../../../lib/base';
import { LocalApi } from '../../../../lib/local/api-server';
import { MemoryCluster } from '../../../../lib/local/cluster';

let api: LocalApi;
let kubeconfig: string;
beforeAll(async () => {
  const clock = new RealClock({ unref: true });
  const cluster = new MemoryCluster({ clock, random: seededRandom(1), types: allTypes });
  kubeconfig = join(mkdtempSync(join(tmpdir(), 'knc-test-')), 'state', 'kubeconfig');
  const pods = { logs: () => undefined, exec: async () => undefined };
  api = await LocalApi.start({ cluster, types: allTypes, pods, clock, log: noLog, kubeconfig });
});
afterAll(() => api.close());

/** A request as a client makes it who has nothing but the kubeconfig. */
function send(path: string, { accept = 'application/json', body }: { accept?: string; body?: unknown } = {}) {
  const { clusters, users } = parse(readFileSync(kubeconfig, 'utf8'));
  const { server, 'certificate-authority-data': ca } = clusters[0].cluster;
  const headers = { authorization: `Bearer ${users[0].user.token}`, accept, 'content-type': 'application/json' };
  const options = { method: body ? 'POST' : 'GET', headers, ca: Buffer.from(ca, 'base64') };
  return new Promise<{ code: number; type: string; json: Record<string, never> }>((resolve, reject) => {
    const sent = request(new URL(path, server), options, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      const type = response.headers['content-type'] ?? '';
      resolve({ code: response.statusCode ?? 0, type, json: type.includes('json') ? JSON.parse(text) : { text } });
    });
    sent.once('error', reject);
    sent.end(body ? JSON.stringify(body) : undefined);
  });
}

test('the kubeconfig is for its owner alone', () => {
  expect(statSync(kubeconfig).mode & 0o777).toBe(0o600);
  expect(api.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
});

test('groups, versions and resources are found one by one', async () => {
  expect((await send('/api')).json).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
  const groups = (await send('/apis')).json as { groups?: { name: string }[] };
  expect(groups.groups?.map(({ name }) => name)).toEqual(expect.arrayContaining(['apps', 'serving.knative.dev']));
  expect((await send('/apis/serving.knative.dev')).json).toMatchObject({
    kind: 'APIGroup',
    preferredVersion: { groupVersion: 'serving.knative.dev/v1' },
    versions: [{ version: 'v1' }, { version: 'v1beta1' }],
  });
  expect((await send('/apis/apps/v1')).json).toMatchObject({
    kind: 'APIResourceList',
    groupVersion: 'apps/v1',
    resources: expect.arrayContaining([
      expect.objectContaining({ name: 'deployments', kind: 'Deployment', shortNames: ['deploy'], categories: ['all'] }),
      expect.objectContaining({ name: 'deployments/scale', group: 'autoscaling', version: 'v1', kind: 'Scale' }),
      expect.objectContaining({ name: 'deployments/status', kind: 'Deployment', verbs: ['get', 'patch', 'update'] }),
    ]),
  });
  expect((await send('/apis/apps/v2')).code).toBe(404);
  expect((await send('/apis/nothing.example')).code).toBe(404);
});

test('everything is found at once by those who ask for it', async () => {
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
  const { type, json } = await send('/apis', { accept });
  expect(type).toBe('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
  expect(json).toMatchObject({
    kind: 'APIGroupDiscoveryList',
    items: expect.arrayContaining([
      expect.objectContaining({
        metadata: { name: 'apps', creationTimestamp: null },
        versions: [
          {
            version: 'v1',
            freshness: 'Current',
            resources: expect.arrayContaining([
              expect.objectContaining({ resource: 'deployments', scope: 'Namespaced', singularResource: 'deployment' }),
            ]),
          },
        ],
      }),
    ]),
  });
  const legacy = await send('/api', { accept });
  expect(legacy.json).toMatchObject({ items: [{ versions: [{ version: 'v1' }] }] });
});

test('the version and the health are told', async () => {
  expect((await send('/version')).json).toMatchObject({ major: '1', minor: '32', gitVersion: 'v1.32.4+knc' });
  for (const path of ['/healthz', '/livez', '/readyz']) expect((await send(path)).json).toEqual({ text: 'ok' });
});

test('this machine is a node, the usual namespaces are there, and kinds are defined and established', async () => {
  expect((await send('/api/v1/nodes')).json).toMatchObject({ kind: 'NodeList', items: [{ metadata: { name: 'local' } }] });
  const { items } = (await send('/api/v1/namespaces')).json as { items?: { metadata: { name: string } }[] };
  expect(items?.map(({ metadata }) => metadata.name)).toEqual([
    'default',
    'knative-eventing',
    'knative-serving',
    'kube-node-lease',
    'kube-public',
    'kube-system',
  ]);
  const definition = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/services.serving.knative.dev';
  expect((await send(definition)).json).toMatchObject({
    spec: { names: { kind: 'Service' } },
    status: { conditions: [{ type: 'NamesAccepted' }, { type: 'Established', status: 'True' }] },
  });
  const ducks = await send(
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions?labelSelector=duck.knative.dev%2Fsource%3Dtrue',
  );
  const sources = (ducks.json as { items?: { metadata: { name: string } }[] }).items?.map(({ metadata }) => metadata.name);
  expect(sources).toEqual(expect.arrayContaining(['apiserversources.sources.knative.dev', 'pingsources.sources.knative.dev']));
  expect(sources).not.toContain('services.serving.knative.dev');
  const added = await send('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: { metadata: { name: 'x' } } });
  expect(added.code).toBe(405);
});

test('who one is and what one may do is answered', async () => {
  const ask = async (group: string, kind: string, spec = {}) => {
    const body = { apiVersion: `${group}/v1`, kind, spec };
    const { code, json } = await send(`/apis/${group}/v1/${kind.toLowerCase()}s`, { body });
    return [code, json['status']];
  };
  expect(await ask('authorization.k8s.io', 'SelfSubjectAccessReview')).toEqual([201, { allowed: true }]);
  const userInfo = { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] };
  expect(await ask('authentication.k8s.io', 'SelfSubjectReview')).toEqual([201, { userInfo }]);
  expect(await ask('authorization.k8s.io', 'SubjectAccessReview', { user: 'kubernetes-admin' })).toEqual([
    201,
    { allowed: true },
  ]);
  expect(await ask('authorization.k8s.io', 'SubjectAccessReview', { user: 'bob' })).toMatchObject([201, { allowed: false }]);
  expect(await ask('authentication.k8s.io', 'TokenReview', { token: 'x' })).toEqual([
    201,
    { user: {}, error: 'invalid bearer token' },
  ]);
  const { token } = parse(readFileSync(kubeconfig, 'utf8')).users[0].user;
  expect(await ask('authentication.k8s.io', 'TokenReview', { token })).toEqual([201, { authenticated: true, user: userInfo }]);
  expect((await send('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews')).code).toBe(405);
});
