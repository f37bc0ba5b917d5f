import http from 'node:http';
import {
  type ConfigMap,
  conditionOf,
  findType,
  type KResourceStatus,
  type KubeObject,
  readyTypes,
  type Secret,
  SecretType,
  ServiceAccountType,
} from '../../lib/api';
import { applyObjects } from '../../lib/local';
import { RealSystem, until } from './support/real-system';

const namespace = 'default';
const eventing = (kind: string, name: string, spec: object = {}, version = 'v1'): KubeObject =>
  ({ apiVersion: `eventing.knative.dev/${version}`, kind, metadata: { name, namespace }, spec }) as KubeObject;
const account = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } });
const features = (data: ConfigMap['data']): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'config-features', namespace: 'knative-eventing' },
    data,
  }) as KubeObject;
const ON = features({ 'authentication-oidc': 'enabled' });
const AUDIENCE = 'eventing.knative.dev/broker/default/orders';
const toOrders = { to: [{ ref: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'orders' } }] };

let real: RealSystem;
beforeEach(async () => {
  real = await RealSystem.start();
});
afterEach(() => real.stop());

async function apply(...objects: readonly KubeObject[]): Promise<void> {
  const results = await applyObjects(real.system.cluster, objects);
  expect(results.map(({ error }) => error)).toEqual(results.map(() => undefined));
  for (const object of objects) {
    const type = findType(object.apiVersion, object.kind)!;
    if (!readyTypes.includes(type)) continue;
    await until(`${object.kind} ${object.metadata.name}`, async () => {
      const stored = await real.system.cluster.get<KubeObject>(type, namespace, object.metadata.name!);
      return conditionOf((stored?.status as KResourceStatus | undefined)?.conditions, 'Ready')?.status === 'True';
    });
  }
}

const token = (name: string, audience = AUDIENCE): Promise<string> =>
  real.system.eventing.tokens.token(`${namespace}/${name}`, audience);

interface Answer {
  readonly status: number | undefined;
  readonly challenge: string | undefined;
  readonly text: string;
}

/** Over a connection, as from the shell of a laptop. */
function publish(id: string, authorization?: string, type = 'order.created'): Promise<Answer> {
  const host = 'broker-ingress.knative-eventing.localhost';
  const event = { 'ce-specversion': '1.0', 'ce-id': id, 'ce-source': '/shop', 'ce-type': type };
  return new Promise((resolve, reject) => {
    const headers = { host, ...event, ...(authorization === undefined ? {} : { authorization }) };
    const request = http.request({ port: real.port, path: '/default/orders', method: 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, challenge: response.headers['www-authenticate'], text }));
    });
    request.on('error', reject);
    request.end();
  });
}

const refusals = (id: string) => real.system.eventing.journal.entries({ event: id, kind: 'refused' });

test('a broker wants to know who sends, lets in whom a policy names, and tells each refusal in its answer and in the journal', async () => {
  const policy = eventing(
    'EventPolicy',
    'shops',
    { ...toOrders, from: [{ sub: 'system:serviceaccount:default:shop' }] },
    'v1alpha1',
  );
  await apply(policy, eventing('Broker', 'orders'), account('shop'), account('other'), ON);
  const unknown = await publish('1');
  const reason = `no token found in the request: broker/default/orders wants one for the audience "${AUDIENCE}"`;
  expect(unknown).toEqual({ status: 401, challenge: 'Bearer', text: `${reason}\n` });
  expect(refusals('1')).toMatchObject([{ log: 'broker/default/orders', status: 401, reason, event: { type: 'order.created' } }]);

  expect(await publish('2', 'Bearer x.y.z')).toMatchObject({ status: 401 });
  expect(await publish('3', `Bearer ${await token('shop', 'another')}`)).toMatchObject({ status: 401 });
  const other = await publish('4', `Bearer ${await token('other')}`);
  expect(other).toMatchObject({ status: 403, challenge: undefined });
  expect(refusals('4')).toMatchObject([{ status: 403, reason: other.text.trim() }]);
  expect(other.text).toBe(
    'system:serviceaccount:default:other may not send to broker/default/orders: policy shops does not name it\n',
  );
  expect(await publish('5', `Bearer ${await token('shop')}`)).toMatchObject({ status: 202, text: '' });
  expect(real.system.eventing.journal.entries({ event: '5' })).toMatchObject([{ kind: 'arrived' }]);
});

test('a change of a policy, or of the settings, counts for the next event', async () => {
  const from = [{ sub: 'system:serviceaccount:default:shop' }];
  await apply(ON, account('shop'), eventing('Broker', 'orders'));
  const send = async (id: string, type?: string) => (await publish(id, `Bearer ${await token('shop')}`, type)).status;
  expect(await send('1')).toBe(202);
  await apply(features({ 'authentication-oidc': 'enabled', 'default-authorization-mode': 'deny-all' }));
  await until('everybody is denied', async () => (await send('2')) === 403);
  const filters = [{ exact: { type: 'order.created' } }];
  await apply(eventing('EventPolicy', 'shops', { ...toOrders, from, filters }, 'v1alpha1'));
  await until('the policy counts', async () => (await send('3')) === 202);
  expect(await send('4', 'order.paid')).toBe(403);
  await apply(features({}));
  await until('nobody is asked', async () => (await publish('5')).status === 202);
});

test('a policy is refused where it would not count, and so are settings that mean nothing here', async () => {
  const refusal = async (object: KubeObject) => {
    const [result] = await applyObjects(real.system.cluster, [object]);
    return result?.error?.message;
  };
  expect(await refusal(eventing('EventPolicy', 'shops', toOrders, 'v1alpha1'))).toMatch(
    /oidc-authentication feature not enabled/,
  );
  expect(await refusal(features({ 'default-authorization-mode': 'deny' }))).toMatch(
    /default-authorization-mode is "deny", but must be one of allow-all, allow-same-namespace, deny-all/,
  );
  expect(await refusal(features({ 'transport-encryption': 'strict' }))).toMatch(
    /transport-encryption is "strict": .*set it to disabled/,
  );
  expect(await refusal(features({ 'oidc-discovery-base-url': 'https://issuer.example.com' }))).toMatch(/oidc-discovery-base-url/);
  expect(await real.system.cluster.get(ServiceAccountType, namespace, 'shop')).toBeUndefined();
});

/** Sends an event with the token that it finds, and one with each other that comes to stand in its place. */
const SENDER = `
const { readFileSync } = require('node:fs');
const ce = { 'ce-specversion': '1.0', 'ce-source': '/heart', 'ce-type': 'order.created' };
let known;
let sent = 0;
setInterval(async () => {
  const token = readFileSync(process.env.TOKEN_FILE, 'utf8');
  if (token === known) return;
  known = token;
  const headers = { ...ce, 'ce-id': String(++sent), authorization: 'Bearer ' + token };
  const { status } = await fetch(process.env.K_SINK, { method: 'POST', headers });
  console.log('answer ' + status);
}, 20);
`;

test('a program of a ContainerSource sends with the token at /oidc/token, which changes while it runs and goes with the source', async () => {
  await real.stop();
  real = await RealSystem.start([{ image: 'example.com/heart', program: { command: [process.execPath, '-e', SENDER] } }]);
  const { cluster, eventing: data } = real.system;
  const kind = { apiVersion: 'sources.knative.dev/v1', kind: 'ContainerSource' };
  const containers = [{ name: 'main', image: 'example.com/heart', env: [{ name: 'TOKEN_FILE', value: '/oidc/token' }] }];
  const sink = { ref: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'orders' } };
  const spec = { sink, template: { spec: { containers } } };
  const source = { ...kind, metadata: { name: 'heart', namespace }, spec } as KubeObject;
  await apply(ON, eventing('Broker', 'orders'), source);
  const answers = () => real.lines.map(({ line }) => line).filter((line) => line.startsWith('answer'));
  await until('the first event', () => answers().length === 1);
  await apply(eventing('EventPolicy', 'hearts', { ...toOrders, from: [{ ref: { ...kind, name: 'heart' } }] }, 'v1alpha1'));
  const secret = () => cluster.get<Secret>(SecretType, namespace, 'heart-sinkbinding-oidc-token');
  const first = (await secret())?.data;
  await cluster.delete(SecretType, namespace, 'heart-sinkbinding-oidc-token');
  await until('the next event', () => answers().length === 2);
  expect((await secret())?.data).not.toEqual(first);
  expect(answers()).toEqual(['answer 202', 'answer 202']);
  expect(data.journal.entries({ kind: 'refused' })).toEqual([]);
  await cluster.delete(findType(kind.apiVersion, kind.kind)!, namespace, 'heart');
  await until('the token to go', async () => (await secret()) === undefined);
});
