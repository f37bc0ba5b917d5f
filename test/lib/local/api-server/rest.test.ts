import type { KubeObject } from '../../../../lib/api';
import { CONFIG_MAPS, configMap, TestServer } from './support';

let server: TestServer;
beforeEach(async () => {
  server = await TestServer.start();
});
afterEach(() => server.close());

const SERVICES = '/apis/serving.knative.dev/v1/namespaces/default/services';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';

const service = (name: string): KubeObject => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: { name },
  spec: { template: { spec: { containers: [{ image: 'x' }] } } },
});

const deployment = (name: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'x' }, matchExpressions: [{ key: 'tier', operator: 'In', values: ['b', 'a'] }] },
    template: { metadata: { labels: { app: 'x', tier: 'a' } }, spec: { containers: [{ name: 'x', image: 'x' }] } },
  },
});

const post = (path: string, body: unknown) => server.send(path, { method: 'POST', body });

test('an object is created, read, listed by its own kind of list, replaced and deleted', async () => {
  const created = await post(SERVICES, service('hello'));
  expect([created.code, created.headers['content-type']]).toEqual([201, 'application/json']);
  const read = await server.send(`${SERVICES}/hello`);
  expect(read.json).toEqual(created.json);
  const list = await server.send(SERVICES);
  expect(list.json).toMatchObject({ kind: 'ServiceList', apiVersion: 'serving.knative.dev/v1', items: [read.json] });
  expect((await server.send('/apis/serving.knative.dev/v1/services')).json).toEqual(list.json);
  const changed = { ...read.json, metadata: { ...(read.json['metadata'] as object), labels: { a: 'b' } } };
  const replaced = await server.send(`${SERVICES}/hello`, { method: 'PUT', body: changed });
  expect([replaced.code, replaced.json['metadata']]).toEqual([200, expect.objectContaining({ labels: { a: 'b' } })]);
  const stale = await server.send(`${SERVICES}/hello`, { method: 'PUT', body: changed });
  expect(stale.json).toMatchObject({
    reason: 'Conflict',
    code: 409,
    message:
      'Operation cannot be fulfilled on services.serving.knative.dev "hello": the object has been modified; ' +
      'please apply your changes to the latest version and try again',
    details: { name: 'hello', group: 'serving.knative.dev', kind: 'services' },
  });
  const deleted = await server.send(`${SERVICES}/hello`, { method: 'DELETE' });
  expect(deleted.json).toMatchObject({
    kind: 'Status',
    status: 'Success',
    details: { name: 'hello', group: 'serving.knative.dev', kind: 'services', uid: expect.any(String) },
  });
  const gone = await server.send(`${SERVICES}/hello`);
  expect(gone.json).toEqual({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'services.serving.knative.dev "hello" not found',
    reason: 'NotFound',
    details: { name: 'hello', group: 'serving.knative.dev', kind: 'services' },
    code: 404,
  });
});

test.each([
  '/apis/serving.knative.dev/v2/services',
  '/api/v1/namespaces/default/gadgets',
  '/api/v1/namespaces/default/namespaces',
  '/api/v1/pods/x',
  '/api/v1/namespaces/default/configmaps/x/status',
  '/nowhere',
])('there is nothing at %s', async (path) => {
  const answer = await server.send(path);
  expect([answer.code, answer.json.message]).toEqual([404, 'the server could not find the requested resource']);
});

test('a body that belongs elsewhere is refused', async () => {
  const elsewhere = await post(CONFIG_MAPS, configMap('a', {}, 'other'));
  expect(elsewhere.json.message).toBe('the namespace of the provided object does not match the namespace sent on the request');
  await post(CONFIG_MAPS, configMap('a'));
  const renamed = await server.send(`${CONFIG_MAPS}/a`, { method: 'PUT', body: configMap('b') });
  expect(renamed.json.message).toBe('the name of the object (b) does not match the name on the URL (a)');
  const other = await post(CONFIG_MAPS, { ...configMap('c'), kind: 'Secret' });
  expect(other.json.message).toBe('Secret in version "v1" cannot be handled as a ConfigMap in version "v1"');
  expect((await post(CONFIG_MAPS, '[]')).code).toBe(400);
  expect((await post(CONFIG_MAPS, '{')).code).toBe(400);
});

test('a dry run answers as the write would, and writes nothing', async () => {
  const { code, json } = await post(`${CONFIG_MAPS}?dryRun=All`, { ...configMap(''), metadata: { generateName: 'made-' } });
  expect([code, (json['metadata'] as { name: string }).name]).toEqual([201, expect.stringMatching(/^made-.{5}$/)]);
  await post(CONFIG_MAPS, configMap('kept', { a: '1' }));
  const headers = { 'content-type': 'application/merge-patch+json' };
  await server.send(`${CONFIG_MAPS}/kept?dryRun=All`, { method: 'PATCH', body: { data: { a: '2' } }, headers });
  await server.send(`${CONFIG_MAPS}/kept?dryRun=All`, { method: 'DELETE' });
  await server.send(`${CONFIG_MAPS}/kept`, {
    method: 'DELETE',
    body: { kind: 'DeleteOptions', apiVersion: 'v1', dryRun: ['All'] },
  });
  expect((await server.send(CONFIG_MAPS)).json['items']).toMatchObject([{ metadata: { name: 'kept' }, data: { a: '1' } }]);
  expect((await post(`${CONFIG_MAPS}?dryRun=Some`, configMap('x'))).json).toMatchObject({ code: 422, reason: 'Invalid' });
});

test.each<[string, unknown]>([
  ['application/merge-patch+json', { data: { a: '2', b: null } }],
  [
    'application/json-patch+json',
    [
      { op: 'replace', path: '/data/a', value: '2' },
      { op: 'remove', path: '/data/b' },
    ],
  ],
])('a patch of type %s', async (contentType, body) => {
  await post(CONFIG_MAPS, configMap('x', { a: '1', b: '1' }));
  const { code, json } = await server.send(`${CONFIG_MAPS}/x`, { method: 'PATCH', contentType, body });
  expect([code, json['data']]).toEqual([200, { a: '2' }]);
});

test('a strategic patch of a custom kind, and a patch of an unknown type, are unsupported media types', async () => {
  await post(SERVICES, service('hello'));
  const strategic = { method: 'PATCH', contentType: 'application/strategic-merge-patch+json', body: {} };
  expect((await server.send(`${SERVICES}/hello`, strategic)).json).toMatchObject({
    code: 415,
    reason: 'UnsupportedMediaType',
    message:
      'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, ' +
      'application/merge-patch+json, application/apply-patch+yaml',
  });
  const json = { method: 'PATCH', contentType: 'application/json', body: {} };
  expect((await server.send(`${SERVICES}/hello`, json)).code).toBe(415);
});

test('apply must say for whom, and force is for apply alone', async () => {
  const apply = { method: 'PATCH', contentType: 'application/apply-patch+yaml', body: 'kind: ConfigMap' };
  expect((await server.send(`${CONFIG_MAPS}/x`, apply)).json).toMatchObject({
    code: 422,
    message: 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
  });
  const merge = { method: 'PATCH', contentType: 'application/merge-patch+json', body: {} };
  expect((await server.send(`${CONFIG_MAPS}/x?force=true`, merge)).json.message).toContain('may not be specified for non-apply');
});

test('the scale of a deployment is read, replaced and patched by itself', async () => {
  await post(DEPLOYMENTS, deployment('d'));
  const scale = await server.send(`${DEPLOYMENTS}/d/scale`);
  expect(scale.json).toMatchObject({
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    spec: { replicas: 2 },
    status: { replicas: 0, selector: 'app=x,tier in (a,b)' },
  });
  const put = await server.send(`${DEPLOYMENTS}/d/scale`, { method: 'PUT', body: { ...scale.json, spec: { replicas: 3 } } });
  expect(put.json).toMatchObject({ kind: 'Scale', spec: { replicas: 3 } });
  const stale = await server.send(`${DEPLOYMENTS}/d/scale`, { method: 'PUT', body: { ...scale.json, spec: { replicas: 4 } } });
  expect(stale.code).toBe(409);
  const contentType = 'application/merge-patch+json';
  await server.send(`${DEPLOYMENTS}/d/scale`, { method: 'PATCH', contentType, body: { spec: { replicas: 5 } } });
  expect((await server.send(`${DEPLOYMENTS}/d`)).json).toMatchObject({ spec: { replicas: 5 }, metadata: { generation: 3 } });
  const bad = await server.send(`${DEPLOYMENTS}/d/scale`, { method: 'PUT', body: { spec: { replicas: -1 } } });
  expect(bad.code).toBe(422);
});

test('the status is written by itself', async () => {
  const { json } = await post(SERVICES, service('hello'));
  const body = { ...json, spec: {}, status: { url: 'http://x' } };
  const { json: after } = await server.send(`${SERVICES}/hello/status`, { method: 'PUT', body });
  expect(after).toMatchObject({ spec: json['spec'], status: { url: 'http://x' } });
});

test('how to delete is said in the query or in the body', async () => {
  await post(DEPLOYMENTS, deployment('one'));
  await post(DEPLOYMENTS, deployment('two'));
  const foreground = await server.send(`${DEPLOYMENTS}/one?propagationPolicy=Orphan`, { method: 'DELETE' });
  const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: 'another' } };
  const other = await server.send(`${DEPLOYMENTS}/two`, { method: 'DELETE', body });
  expect([foreground.code, other.json.reason]).toEqual([200, 'Conflict']);
  const unknown = await server.send(`${DEPLOYMENTS}/two?propagationPolicy=Perhaps`, { method: 'DELETE' });
  expect(unknown.json).toMatchObject({ code: 422, details: { causes: [{ field: 'propagationPolicy' }] } });
});

test('a collection is deleted as far as it matches, in one namespace', async () => {
  for (const name of ['a', 'b', 'c']) {
    await post(CONFIG_MAPS, { ...configMap(name), metadata: { name, labels: name === 'c' ? {} : { old: 'yes' } } });
  }
  const { json } = await server.send(`${CONFIG_MAPS}?labelSelector=old%3Dyes`, { method: 'DELETE' });
  expect((json['items'] as KubeObject[]).map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
  const left = (await server.send(CONFIG_MAPS)).json['items'] as KubeObject[];
  expect(left.map(({ metadata }) => metadata.name)).toEqual(['c']);
});

test('lists are selected by labels and fields, and a field that is none is refused', async () => {
  for (const name of ['a', 'b']) await post(CONFIG_MAPS, { ...configMap(name), metadata: { name, labels: { name } } });
  const names = async (query: string) => {
    const items = (await server.send(`${CONFIG_MAPS}?${query}`)).json['items'] as KubeObject[];
    return items.map(({ metadata }) => metadata.name);
  };
  expect(await names('labelSelector=name+in+(a,c)')).toEqual(['a']);
  expect(await names('fieldSelector=metadata.name!%3Da')).toEqual(['b']);
  expect((await server.send(`${CONFIG_MAPS}?fieldSelector=spec.x%3D1`)).json.reason).toBe('BadRequest');
});

test('pages show the list as it was when the first one was read', async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) await post(CONFIG_MAPS, configMap(name));
  const names = ({ json }: { json: Record<string, unknown> }) =>
    (json['items'] as KubeObject[]).map(({ metadata }) => metadata.name);
  const first = await server.send(`${CONFIG_MAPS}?limit=2`);
  const { continue: token, resourceVersion } = first.json['metadata'] as Record<string, string>;
  expect([names(first), first.json['metadata']]).toEqual([['a', 'b'], expect.objectContaining({ remainingItemCount: 3 })]);
  await server.send(`${CONFIG_MAPS}/c`, { method: 'DELETE' });
  await post(CONFIG_MAPS, configMap('cc'));
  const second = await server.send(`${CONFIG_MAPS}?limit=2&continue=${token}`);
  expect(names(second)).toEqual(['c', 'd']);
  expect(second.json['metadata']).toMatchObject({ resourceVersion });
  const last = await server.send(`${CONFIG_MAPS}?limit=2&continue=${(second.json['metadata'] as { continue: string }).continue}`);
  expect([names(last), last.json['metadata']]).toEqual([['e'], { resourceVersion }]);
  const elsewhere = await server.send(`/api/v1/namespaces/default/secrets?limit=2&continue=${token}`);
  expect(elsewhere.code).toBe(400);
  const unknown = Buffer.from(`00000000-0000-4000-8000-000000000000.2`).toString('base64url');
  expect((await server.send(`${CONFIG_MAPS}?continue=${unknown}`)).json).toMatchObject({ code: 410, reason: 'Expired' });
});

test('pages of a selection do not say how many objects are left', async () => {
  for (const name of ['a', 'b', 'c']) await post(CONFIG_MAPS, { ...configMap(name), metadata: { name, labels: { x: 'y' } } });
  for (const selector of ['labelSelector=x', 'fieldSelector=metadata.name!%3Dz']) {
    const { metadata } = (await server.send(`${CONFIG_MAPS}?limit=2&${selector}`)).json;
    expect(metadata).toEqual({ resourceVersion: expect.any(String), continue: expect.any(String) });
  }
});

test('a list of another time than the present is refused, as gone or as not yet there', async () => {
  const { json } = await post(CONFIG_MAPS, configMap('a'));
  const { resourceVersion } = json['metadata'] as { resourceVersion: string };
  const at = (version: number, match: string) =>
    server.send(`${CONFIG_MAPS}?resourceVersion=${version}&resourceVersionMatch=${match}`);
  const now = Number(resourceVersion);
  expect((await at(now, 'Exact')).code).toBe(200);
  expect((await at(now - 1, 'NotOlderThan')).code).toBe(200);
  expect((await at(now - 1, 'Exact')).json.reason).toBe('Expired');
  expect((await at(now + 1, 'NotOlderThan')).json).toMatchObject({
    reason: 'Timeout',
    message: `Too large resource version: ${now + 1}, current: ${now}`,
    details: { causes: [{ reason: 'ResourceVersionTooLarge' }] },
  });
});

test('objects come as a table, as metadata, as YAML or indented where that is asked for', async () => {
  await post(CONFIG_MAPS, configMap('a', { k: 'v' }));
  const get = (accept: string, query = '') => server.send(`${CONFIG_MAPS}${query}`, { headers: { accept } });
  const kubectl =
    'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';
  expect((await get(kubectl)).json).toMatchObject({
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: expect.any(String) },
    columnDefinitions: [{ name: 'Name' }, { name: 'Data' }, { name: 'Age' }],
    rows: [{ cells: ['a', 1, expect.any(String)], object: { kind: 'PartialObjectMetadata', metadata: { name: 'a' } } }],
  });
  const metadata = await get('application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1');
  expect(metadata.json).toMatchObject({ kind: 'PartialObjectMetadataList', items: [{ kind: 'PartialObjectMetadata' }] });
  expect(metadata.text).not.toContain('"data"');
  const yaml = await get('application/yaml');
  expect([yaml.headers['content-type'], yaml.text]).toEqual([
    'application/yaml',
    expect.stringMatching(/^kind: ConfigMapList\n/),
  ]);
  expect((await get('*/*', '?pretty=true')).text).toContain('\n  "kind": "ConfigMapList"');
  expect((await get('text/html')).json).toMatchObject({ code: 406, reason: 'NotAcceptable' });
});

test('methods that a path does not have are refused', async () => {
  for (const [method, path] of [
    ['POST', `${CONFIG_MAPS}/a`],
    ['PUT', CONFIG_MAPS],
    ['PATCH', CONFIG_MAPS],
    ['POST', '/api/v1/configmaps'],
    ['POST', '/version'],
    ['DELETE', `${DEPLOYMENTS}/a/scale`],
  ] as const) {
    const { code, json } = await server.send(path, { method, body: {} });
    expect([method, path, code, json.message]).toEqual([
      method,
      path,
      405,
      'the server does not allow this method on the requested resource',
    ]);
  }
});
