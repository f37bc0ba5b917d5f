import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allTypes, ConfigMapType, type PodSpec, SecretType } from '../../../../lib/api';
import { RealClock, seededRandom } from '../../../../lib/base';
import { MemoryCluster } from '../../../../lib/local/cluster';
import { DeclaredValues } from '../../../../lib/local/pods/declared-values';
import { makeVolumes, mountsValues } from '../../../../lib/local/pods/volumes';
import { makePod } from './support';

const cluster = new MemoryCluster({ clock: new RealClock(), random: seededRandom(1), types: allTypes });
const metadata = (name: string) => ({ namespace: 'default', name });

beforeAll(async () => {
  const binaryData = { logo: Buffer.from([1, 2, 255]).toString('base64') };
  await cluster.create(ConfigMapType, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadata('m'),
    data: { a: 'A', b: 'B' },
    binaryData,
  });
  const data = { key: Buffer.from('hush').toString('base64') };
  await cluster.create(SecretType, { apiVersion: 'v1', kind: 'Secret', metadata: metadata('s'), data });
});

async function make(...volumes: NonNullable<PodSpec['volumes']>) {
  const directory = mkdtempSync(join(tmpdir(), 'knc-volumes-'));
  const pod = makePod([{ name: 'app' }], { volumes }, { labels: { b: '2', a: 'say "1"' } });
  return makeVolumes({ pod, ip: '127.0.0.1', values: new DeclaredValues(cluster, 'default'), directory });
}

const read = (folder: string | undefined, path: string) => readFileSync(join(folder ?? '', path), 'utf8');

test('a configMap is a folder with a file for each key, binary ones too', async () => {
  const { v } = await make({ name: 'v', configMap: { name: 'm' } });
  expect(readdirSync(v!).sort()).toEqual(['a', 'b', 'logo']);
  expect(read(v, 'a')).toBe('A');
  expect([...readFileSync(join(v!, 'logo'))]).toEqual([1, 2, 255]);
});

test('items choose keys, paths and modes', async () => {
  const items = [{ key: 'key', path: 'deep/er/k', mode: 0o400 }];
  const { v } = await make({ name: 'v', secret: { secretName: 's', items } });
  expect(read(v, 'deep/er/k')).toBe('hush');
  expect(statSync(join(v!, 'deep/er/k')).mode & 0o777).toBe(0o600);
});

test('a projected volume puts its sources together', async () => {
  const downwardAPI = { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] };
  const sources = [{ configMap: { name: 'm' } }, { secret: { name: 's' } }, { downwardAPI }];
  const { v } = await make({ name: 'v', projected: { sources } });
  expect(readdirSync(v!).sort()).toEqual(['a', 'b', 'key', 'labels', 'logo']);
  expect(read(v, 'labels')).toBe('a="say \\"1\\""\nb="2"');
});

test('an emptyDir is an empty folder, and what is optional may be missing', async () => {
  const { v, w } = await make({ name: 'v', emptyDir: {} }, { name: 'w', configMap: { name: 'no', optional: true } });
  expect([...readdirSync(v!), ...readdirSync(w!)]).toEqual([]);
});

test.each([
  ['a ConfigMap that does not exist', { configMap: { name: 'no' } }, 'configmap "no" not found'],
  ['a key that does not exist', { secret: { secretName: 's', items: [{ key: 'x', path: 'x' }] } }, 'non-existent config key: x'],
  ['a path that leaves the volume', { configMap: { name: 'm', items: [{ key: 'a', path: '../../x' }] } }, 'leaves the volume'],
  ['a kind that a laptop does not have', { persistentVolumeClaim: { claimName: 'c' } }, 'volumes of kind persistentVolumeClaim'],
  [
    'a projected token',
    { projected: { sources: [{ serviceAccountToken: { path: 't' } }] } },
    'volumes of kind serviceAccountToken',
  ],
])('%s is refused by name', async (_what, source, message) => {
  await expect(make({ name: 'v', ...source })).rejects.toMatchObject({
    reason: 'CreateContainerConfigError',
    message: expect.stringContaining(message),
  });
});

test('a volume that is made again has what there is now, and nothing else of what was made before', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'knc-volumes-'));
  const made = new Map<string, ReadonlySet<string>>();
  const pod = makePod([{ name: 'app' }], {
    volumes: [{ name: 'v', projected: { sources: [{ secret: { name: 'changing' } }] } }],
  });
  const fill = () => makeVolumes({ pod, ip: '127.0.0.1', values: new DeclaredValues(cluster, 'default'), directory, made });
  const data = { a: Buffer.from('1').toString('base64'), b: Buffer.from('2').toString('base64') };
  await cluster.create(SecretType, { apiVersion: 'v1', kind: 'Secret', metadata: metadata('changing'), data });
  const { v } = await fill();
  writeFileSync(join(v!, 'own'), 'mine');
  const next = { a: Buffer.from('3').toString('base64'), b: null };
  await cluster.patch(SecretType, 'default', 'changing', 'merge', { data: next });
  await fill();
  expect(readdirSync(v!).sort()).toEqual(['a', 'own']);
  expect(read(v, 'a')).toBe('3');
});

test('a pod mounts what its volumes name', () => {
  const volumes = [
    { name: 'a', configMap: { name: 'm' } },
    { name: 'b', projected: { sources: [{ secret: { name: 's' } }] } },
  ];
  const pod = makePod([{ name: 'app' }], { volumes: [...volumes, { name: 'c', secret: { secretName: 't' } }] });
  const asked = (['configmap', 'secret'] as const).map((kind) => ['m', 's', 't'].map((name) => mountsValues(pod, kind, name)));
  expect(asked).toEqual([
    [true, false, false],
    [false, true, true],
  ]);
});
