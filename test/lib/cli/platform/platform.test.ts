import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../../../lib/api';
import { main } from '../../../../lib/cli/main';
import { packageVersion } from '../../../../lib/cli/package-folder';
import { platformManifest } from '../../../../lib/platform';
import type { AnyObject } from '../../platform/any-object';
import { FakeIo } from '../fake-io';
import { tempFolder } from '../temp-folder';

const objectsOf = (text: string) => parseAllDocuments(text, { version: '1.1' }).map((document) => document.toJS() as KubeObject);

async function knc(...args: string[]) {
  const io = new FakeIo({ cwd: tempFolder() });
  return { code: await main(['platform', ...args], io), io, objects: objectsOf(io.stdoutText) };
}

test('prints definitions first, then all else, and how to apply them on stderr', async () => {
  const { code, io, objects } = await knc();
  expect(code).toBe(0);
  const { crds, objects: others } = platformManifest({}, packageVersion());
  expect(objects).toEqual(JSON.parse(JSON.stringify([...crds, ...others])));
  expect(io.stderrText).toBe(
    `# To the cluster of your current context; each line may be repeated:
kubectl apply --server-side -f platform.yaml -l knative.dev/crd-install=true
kubectl wait --for=condition=Established crd -l app.kubernetes.io/part-of=knative-constructs --timeout=60s
kubectl apply --server-side -f platform.yaml
kubectl -n knative-serving rollout status statefulset/knc-runtime --timeout=3m
`,
  );
});

test('--crds-only and --without-crds are its halves, and name what is left to do', async () => {
  const only = await knc('--crds-only');
  expect(new Set(only.objects.map(({ kind }) => kind))).toEqual(new Set(['CustomResourceDefinition']));
  expect(only.io.stderrText).not.toContain('rollout');
  const without = await knc('--without-crds', '--profile', 'ha', '-o', 'out/p.yaml');
  expect(without.io.stdoutText).toBe('');
  expect(without.io.stderrText).toContain(
    'kubectl apply --server-side -f out/p.yaml\nkubectl -n knative-serving rollout status deployment/',
  );
  expect(without.io.stderrText).not.toContain('Established');
  expect((await knc('--crds-only', '--without-crds')).code).toBe(2);
});

test('flags say what the props of KnativePlatform say', async () => {
  const image = 'registry.example.com/knc:1';
  const flags = [
    '--image',
    image,
    '--pull-policy',
    'Always',
    '--pull-secret',
    'a',
    '--pull-secret',
    'b',
    '--domain',
    'example.com',
  ];
  const { objects } = await knc(
    '--profile',
    'ha',
    '--expose',
    'gateway:infra/public',
    '--events',
    '5Gi',
    '--storage-class',
    'fast',
    ...flags,
  );
  const { crds, objects: others } = platformManifest(
    {
      ...{ profile: 'ha', domain: 'example.com', events: { storage: '5Gi', storageClass: 'fast' } },
      exposure: { gateway: { name: 'public', namespace: 'infra' } },
      image: { reference: image, pullPolicy: 'Always', pullSecrets: ['a', 'b'] },
    },
    packageVersion(),
  );
  expect(objects).toEqual(JSON.parse(JSON.stringify([...crds, ...others])));
});

test('--file has all props, and flags beside it win', async () => {
  const io = new FakeIo({ cwd: tempFolder() });
  writeFileSync(
    path.join(io.cwd, 'o.yaml'),
    'domain: a.org\nevents: { storage: 2Gi }\nsettings: { autoscaler: { minScale: 1 } }\n',
  );
  expect(await main(['platform', '--file', 'o.yaml', '--domain', 'b.org', '--storage-class', 'fast'], io)).toBe(0);
  const objects = objectsOf(io.stdoutText) as AnyObject[];
  const data = (name: string) => objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name)?.data;
  expect([data('config-domain'), data('config-autoscaler')]).toEqual([{ 'b.org': '' }, { 'min-scale': '1' }]);
  expect(objects.find(({ kind }) => kind === 'PersistentVolumeClaim')?.spec).toMatchObject({
    ...{ storageClassName: 'fast', resources: { requests: { storage: '2Gi' } } },
  });
});

test('--parts serving prints a platform without eventing', async () => {
  const { code, io } = await knc('--parts', 'serving', '--profile', 'ha');
  expect(code).toBe(0);
  expect(io.stdoutText).not.toContain('knative-eventing');
  expect(io.stderrText).not.toContain('knative-eventing');
  expect((await knc('--parts', 'eventing')).io.stderrText).toContain('through the gateway of serving: parts');
  expect((await knc('--parts', 'serving,events')).io.stderrText).toContain('invalid value: events: parts[1]');
});

test('--webhook prints a platform that API servers ask, and refuses policies beside it', async () => {
  const { objects, io } = await knc('--webhook', '--profile', 'ha');
  expect(objects.filter(({ metadata }) => metadata.name === 'knc-webhook').map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['Service', 'Deployment', 'PodDisruptionBudget', 'MutatingWebhookConfiguration']),
  );
  expect(io.stderrText).toContain('kubectl -n knative-serving rollout status deployment/knc-webhook --timeout=3m');
  expect((await knc()).objects.filter(({ metadata }) => metadata.name === 'knc-webhook')).toEqual([]);
  expect((await knc('--webhook', '--mutating-policies', 'v1')).io.stderrText).toContain('mutatingPolicies, webhook');
});

test('what cannot be is refused with every reason, and nothing is printed', async () => {
  const { code, io } = await knc('--image', 'nginx:latest', '--domain', 'A');
  expect(code).toBe(1);
  expect(io.stdoutText).toBe('');
  expect(io.stderrText).toContain('KNC4022');
  expect(io.stderrText).toContain('"nginx:latest" is another image tomorrow: image.reference');
  expect(io.stderrText).toContain(': domain');
});

test('a way in that there is not is wrong usage', async () => {
  const { code, io } = await knc('--expose', 'tunnel');
  expect(code).toBe(2);
  expect(io.stderrText).toContain('--expose tunnel: there are load-balancer');
});
