import { allTypes, ConfigMapType, defaultServingConfig, type KubeObject, NamespaceType, ServiceType } from '../../../../lib/api';
import { RealClock, seededRandom } from '../../../../lib/base';
import { type Admission, AdmissionRefusal, MemoryCluster } from '../../../../lib/local/cluster';
import { LiveSettings } from '../../../../lib/roles';
import { admission } from '../../../../lib/roles/admission';
import { CONFIG_MAPS, configMap, type Sent, TestServer } from './support';

const SERVICES = '/apis/serving.knative.dev/v1/namespaces/default/services';

let server: TestServer;
afterEach(() => server.close());

async function start(admit?: Admission): Promise<void> {
  const clock = new RealClock({ unref: true });
  const cluster = new MemoryCluster({
    ...{ clock, random: seededRandom(1), types: allTypes },
    ...(admit ? { admission: admit } : {}),
  });
  server = await TestServer.start({}, { cluster });
}

const service = (traffic?: unknown): KubeObject => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: { name: 'hello', namespace: 'default' },
  spec: { template: { spec: { containers: [{ image: 'example.com/app' }] } }, ...(traffic ? { traffic } : {}) },
});

const post = (path: string, body: unknown) => server.send(path, { method: 'POST', body });

describe('what is not admitted', () => {
  const wrong = service([{ latestRevision: true, percent: 10 }]);
  const why = 'validation failed: Traffic targets sum to 10, want 100: spec.traffic';

  test('is refused over HTTP as by the webhook of a cluster, whichever way it is written', async () => {
    await start(admission(new LiveSettings(defaultServingConfig)));
    await post(SERVICES, service());
    const writes: [string, Sent][] = [
      [SERVICES, { method: 'POST', body: { ...wrong, metadata: { name: 'other' } } }],
      [`${SERVICES}/hello`, { method: 'PATCH', contentType: 'application/merge-patch+json', body: { spec: wrong.spec } }],
      [
        `${SERVICES}/new?fieldManager=x`,
        { method: 'PATCH', contentType: 'application/apply-patch+yaml', body: { ...wrong, metadata: { name: 'new' } } },
      ],
    ];
    for (const [path, sent] of writes) {
      expect((await server.send(path, sent)).json).toEqual({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: `admission webhook "validation.webhook.serving.knative.dev" denied the request: ${why}`,
        reason: 'BadRequest',
        code: 400,
      });
    }
  });

  test('is told in this process by its reason alone', async () => {
    await start(admission(new LiveSettings(defaultServingConfig)));
    await expect(server.cluster.create(ServiceType, wrong as never)).rejects.toMatchObject({ reason: 'Invalid', message: why });
  });

  test.each([
    ['/apis/eventing.knative.dev/v1/namespaces/default/brokers', 'eventing.knative.dev/v1', 'Broker', 'eventing'],
    ['/apis/messaging.knative.dev/v1/namespaces/default/channels', 'messaging.knative.dev/v1', 'Channel', 'eventing'],
    ['/apis/sources.knative.dev/v1/namespaces/default/pingsources', 'sources.knative.dev/v1', 'PingSource', 'eventing'],
    ['/apis/serving.knative.dev/v1/namespaces/default/routes', 'serving.knative.dev/v1', 'Route', 'serving'],
  ])('at %s is refused by the webhook that looks at it', async (path, apiVersion, kind, webhook) => {
    await start((object) => {
      if (object.kind === 'Namespace') return object;
      throw new AdmissionRefusal('validation failed: it is wrong');
    });
    expect((await post(path, { apiVersion, kind, metadata: { name: 'x' }, spec: {} })).json).toMatchObject({
      code: 400,
      message: `admission webhook "validation.webhook.${webhook}.knative.dev" denied the request: validation failed: it is wrong`,
    });
  });
});

describe('a namespace', () => {
  test('that is not there takes nothing over HTTP, and is made by what is written in this process', async () => {
    await start();
    const missing = { code: 404, message: 'namespaces "nowhere" not found', details: { name: 'nowhere', kind: 'namespaces' } };
    const path = '/api/v1/namespaces/nowhere/configmaps';
    const body = configMap('a', {}, 'nowhere');
    expect((await post(path, body)).json).toMatchObject(missing);
    expect((await post(`${path}?dryRun=All`, body)).json).toMatchObject(missing);
    const apply = { method: 'PATCH', contentType: 'application/apply-patch+yaml', body };
    expect((await server.send(`${path}/a?fieldManager=x`, apply)).json).toMatchObject(missing);
    expect((await server.send(path)).json).toMatchObject({ items: [] });
    await server.cluster.create(ConfigMapType, body);
    expect((await post(path, configMap('b', {}, 'nowhere'))).code).toBe(201);
  });

  test('that is being deleted takes nothing new, and what is in it can still be changed', async () => {
    await start();
    await post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'doomed' } });
    const path = '/api/v1/namespaces/doomed/configmaps';
    const held = { ...configMap('held'), metadata: { name: 'held', finalizers: ['example.com/hold'] } };
    await post(path, held);
    expect((await server.send('/api/v1/namespaces/doomed', { method: 'DELETE' })).code).toBe(200);
    expect((await post(path, { ...configMap(''), metadata: { generateName: 'new-' } })).json).toMatchObject({
      code: 403,
      message: 'configmaps "new-" is forbidden: unable to create new content in namespace doomed because it is being terminated',
      details: {
        name: 'new-',
        kind: 'configmaps',
        causes: [
          {
            reason: 'NamespaceTerminating',
            message: 'namespace doomed is being terminated',
            field: 'metadata.namespace',
          },
        ],
      },
    });
    const patch = { method: 'PATCH', contentType: 'application/merge-patch+json', body: { metadata: { finalizers: null } } };
    expect((await server.send(`${path}/held`, patch)).code).toBe(200);
    expect(await server.cluster.get(NamespaceType, undefined, 'doomed')).toBeUndefined();
  });

  test('without which no cluster is cannot be deleted', async () => {
    await start();
    expect((await server.send('/api/v1/namespaces/default', { method: 'DELETE' })).json).toMatchObject({
      code: 403,
      message: 'namespaces "default" is forbidden: this namespace may not be deleted',
      details: { name: 'default', kind: 'namespaces' },
    });
  });
});

describe('replacing an object whatever its version', () => {
  test('is refused for custom kinds, after they have been looked for', async () => {
    await start();
    const put = (body: unknown, part = '') => server.send(`${SERVICES}/hello${part}`, { method: 'PUT', body });
    expect((await put(service())).code).toBe(404);
    const { json } = await post(SERVICES, service());
    const refusal = {
      code: 422,
      reason: 'Invalid',
      message:
        'services.serving.knative.dev "hello" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update',
      details: { causes: [{ field: 'metadata.resourceVersion' }] },
    };
    expect((await put(service())).json).toMatchObject(refusal);
    expect((await put({ ...service(), status: {} }, '/status')).json).toMatchObject(refusal);
    expect((await put(json)).code).toBe(200);
  });

  test('is possible for kinds of Kubernetes', async () => {
    await start();
    await post(CONFIG_MAPS, configMap('a', { x: '1' }));
    const put = { method: 'PUT', body: configMap('a', { x: '2' }) };
    expect((await server.send(`${CONFIG_MAPS}/a`, put)).json).toMatchObject({ data: { x: '2' } });
  });
});

test('a collection is deleted in one namespace at a time, and namespaces one by one', async () => {
  await start();
  await post(CONFIG_MAPS, configMap('a'));
  for (const path of ['/api/v1/configmaps', '/api/v1/namespaces']) {
    expect([path, (await server.send(path, { method: 'DELETE' })).code]).toEqual([path, 405]);
  }
  expect((await server.send(`${CONFIG_MAPS}/a`)).code).toBe(200);
});

test('who wants all that an object owns to be gone first is told that this is still to come', async () => {
  await start();
  await post(CONFIG_MAPS, configMap('a'));
  const { code, json } = await server.send(`${CONFIG_MAPS}/a?propagationPolicy=Foreground`, { method: 'DELETE' });
  expect([code, json['metadata']]).toEqual([202, expect.objectContaining({ finalizers: ['foregroundDeletion'] })]);
});

test.each([
  ['/api/v1/pods', 'field label not supported: spec.x'],
  ['/api/v1/configmaps', '"spec.x" is not a known field selector: only "metadata.name", "metadata.namespace"'],
  ['/apis/apps/v1/deployments', '"spec.x" is not a known field selector: only "metadata.name", "metadata.namespace"'],
  ['/apis/serving.knative.dev/v1/services', 'field label not supported: spec.x'],
])('a field by which %s cannot be selected is refused in the words of its kind', async (path, message) => {
  await start();
  const { json } = await server.send(`${path}?fieldSelector=spec.x%3D1`);
  expect([json['code'], json.message]).toEqual([400, message]);
});
