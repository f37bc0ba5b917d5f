import { allTypes, type ConfigMap, ConfigMapType, type Container, SecretType } from '../../../../lib/api';
import { RealClock, seededRandom } from '../../../../lib/base';
import { MemoryCluster } from '../../../../lib/local/cluster';
import { type LocalNames, noNames } from '../../../../lib/local/pods';
import { DeclaredValues } from '../../../../lib/local/pods/declared-values';
import { environment } from '../../../../lib/local/pods/environment';
import { makePod } from './support';

const cluster = new MemoryCluster({ clock: new RealClock(), random: seededRandom(1), types: allTypes });
const metadata = (name: string) => ({ namespace: 'default', name });

beforeAll(async () => {
  const map: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('m'), data: { A: 'a', B: 'b', 'x=y': 'no' } };
  await cluster.create(ConfigMapType, map);
  const data = { KEY: Buffer.from('hush').toString('base64') };
  await cluster.create(SecretType, { apiVersion: 'v1', kind: 'Secret', metadata: metadata('s'), data });
});

function resolve(container: Partial<Container>, more: { realPort?: boolean; names?: LocalNames } = {}) {
  const whole: Container = { name: 'app', image: 'i', ...container };
  const pod = makePod(
    [whole],
    { serviceAccountName: 'robot' },
    { labels: { team: 'red' }, annotations: { 'a/b': 'c' }, uid: 'u' },
  );
  return environment({
    pod,
    container: whole,
    address: { ip: '127.0.0.1', ports: { '8080': 41000, '9090': 42000 } },
    realPort: more.realPort ?? true,
    values: new DeclaredValues(cluster, 'default'),
    names: more.names ?? noNames,
  });
}

test('envFrom comes first, with its prefix, then env in order, each able to refer to what came before', async () => {
  const env = await resolve({
    envFrom: [
      { configMapRef: { name: 'm' } },
      { prefix: 'S_', secretRef: { name: 's' } },
      { configMapRef: { name: 'no', optional: true } },
    ],
    env: [
      { name: 'EARLY', value: '$(LATE)' },
      { name: 'B', value: 'own $(A) $(S_KEY)' },
      { name: 'LATE', value: '$(B)!' },
      { name: 'EMPTY' },
    ],
  });
  expect(env).toEqual({ A: 'a', B: 'own a hush', S_KEY: 'hush', EARLY: '$(LATE)', LATE: 'own a hush!', EMPTY: '' });
});

test('values come from ConfigMaps, Secrets, fields of the pod and resources of a container', async () => {
  const env = await resolve({
    resources: { limits: { cpu: '1500m', memory: '1Gi' }, requests: { cpu: '250m' } },
    env: [
      { name: 'MAP', valueFrom: { configMapKeyRef: { name: 'm', key: 'A' } } },
      { name: 'SECRET', valueFrom: { secretKeyRef: { name: 's', key: 'KEY' } } },
      { name: 'NOT', valueFrom: { secretKeyRef: { name: 's', key: 'none', optional: true } } },
      { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'LABEL', valueFrom: { fieldRef: { fieldPath: "metadata.labels['team']" } } },
      { name: 'ANNOTATION', valueFrom: { fieldRef: { fieldPath: "metadata.annotations['a/b']" } } },
      { name: 'ACCOUNT', valueFrom: { fieldRef: { fieldPath: 'spec.serviceAccountName' } } },
      { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
      { name: 'MILLIS', valueFrom: { resourceFieldRef: { resource: 'requests.cpu', divisor: '1m' } } },
      { name: 'MEMORY', valueFrom: { resourceFieldRef: { containerName: 'app', resource: 'limits.memory', divisor: '1Mi' } } },
    ],
  });
  expect(env).toEqual({
    ...{ MAP: 'a', SECRET: 'hush', NAME: 'p', LABEL: 'red', ANNOTATION: 'c', ACCOUNT: 'robot', IP: '127.0.0.1' },
    ...{ CPU: '2', MILLIS: '250', MEMORY: '1024' },
  });
});

test.each<[string, Partial<Container>, string]>([
  ['configmap', { envFrom: [{ configMapRef: { name: 'no' } }] }, 'configmap "no" not found'],
  ['secret', { env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'no', key: 'k' } } }] }, 'secret "no" not found'],
  [
    'key',
    { env: [{ name: 'X', valueFrom: { configMapKeyRef: { name: 'm', key: 'k' } } }] },
    "couldn't find key k in ConfigMap default/m",
  ],
  ['field', { env: [{ name: 'X', valueFrom: { fieldRef: { fieldPath: 'spec.x' } } }] }, 'unsupported fieldPath: spec.x'],
])('a %s that does not exist is refused by name', async (_what, container, message) => {
  await expect(resolve(container)).rejects.toMatchObject({ reason: 'CreateContainerConfigError', message });
});

test.each([
  ['the first declared port', {}, '41000'],
  ['the port that env names', { env: [{ name: 'PORT', value: '9090' }] }, '42000'],
  ['a port that the pod does not declare', { env: [{ name: 'PORT', value: '7000' }] }, '7000'],
])('PORT is the real port of %s, also for those that refer to it', async (_what, more, expected) => {
  const ports = [{ containerPort: 8080 }, { containerPort: 9090 }];
  const env = [...((more as Container).env ?? []), { name: 'URL', value: 'http://localhost:$(PORT)' }];
  expect(await resolve({ ports, env })).toEqual({ PORT: expected, URL: `http://localhost:${expected}` });
});

test('in a container engine PORT is the declared one', async () => {
  expect(await resolve({ ports: [{ containerPort: 8080 }] }, { realPort: false })).toEqual({ PORT: '8080' });
});

test('URLs of cluster names become loopback URLs', async () => {
  const names = { urlFor: async () => 'http://127.0.0.1:8080', internal: undefined };
  const env = await resolve({ env: [{ name: 'SINK', value: 'http://broker.default.svc.cluster.local/a' }] }, { names });
  expect(env).toEqual({ SINK: 'http://127.0.0.1:8080/a' });
});
