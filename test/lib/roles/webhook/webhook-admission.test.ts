import {
  defaultServingConfig,
  type Job,
  JobType,
  type KubeObject,
  NamespaceType,
  type Pod,
  type SinkBinding,
  SinkBindingType,
  servedTypes,
} from '../../../../lib/api';
import { CountingExecutor, noLog, seededRandom, VirtualClock } from '../../../../lib/base';
import { type Cluster, ClusterError } from '../../../../lib/kube';
import { MemoryCluster } from '../../../../lib/local';
import { jsonPatch as applyJsonPatch } from '../../../../lib/local/cluster/json-patch';
import { AdmissionObjects } from '../../../../lib/roles/webhook/admission-objects';
import type { AdmissionRequest } from '../../../../lib/roles/webhook/admission-review';
import { WebhookAdmission } from '../../../../lib/roles/webhook/webhook-admission';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A cluster whose API server has no admission of its own, and a webhook that is asked by hand. */
async function world() {
  const executor = new CountingExecutor((error) => {
    throw error;
  });
  const clock = new VirtualClock(executor);
  const memory = new MemoryCluster({ clock, random: seededRandom(1), types: servedTypes });
  const reads: string[] = [];
  const state: { down: boolean; forbidden?: string; held?: () => Promise<void> } = { down: false };
  const counted = (kind: string, what: string) => {
    reads.push(`${what} ${kind}`);
    if (state.down) throw new ClusterError('Unavailable', 'gone');
    if (state.forbidden === kind) throw new ClusterError('Forbidden', `${kind} is forbidden`);
  };
  const cluster: Cluster = Object.assign(Object.create(memory) as Cluster, {
    get: (async (type, ...rest) => {
      counted(type.kind, 'get');
      return memory.get(type, ...rest);
    }) as Cluster['get'],
    list: (async (type, ...rest) => {
      counted(type.kind, 'list');
      const found = await memory.list(type, ...rest);
      await state.held?.();
      return found;
    }) as Cluster['list'],
    watch: memory.watch.bind(memory),
  });
  const objects = new AdmissionObjects({ cluster, clock, log: noLog });
  await objects.start();
  reads.length = 0;
  const webhook = new WebhookAdmission({ objects, settings: { at: () => defaultServingConfig } });
  const ask = async (object: KubeObject, more: Partial<AdmissionRequest> = {}) => {
    const request = { uid: 'u', operation: 'CREATE', userInfo: { username: 'amy' }, object, ...more } as const;
    const { response } = await webhook.answer(request);
    const patch = response.patch === undefined ? [] : (JSON.parse(Buffer.from(response.patch, 'base64').toString()) as []);
    return { ...response, object: applyJsonPatch(object, patch) as unknown as Job & Pod };
  };
  return { clock, memory, objects, ask, reads, state };
}

const metadata = (name: string, more: object = {}) => ({ name, namespace: 'default', ...more });
const service = (spec: object = {}, more: object = {}) => ({
  ...{ apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: metadata('hello', more) },
  spec: { template: { spec: { containers: [{ image: 'registry.local/hello:1' }], ...spec } } },
});
const binding = (subject: object, sink: object = { uri: 'http://sink.example.com/' }): SinkBinding => ({
  ...{ apiVersion: 'sources.knative.dev/v1', kind: 'SinkBinding', metadata: metadata('bind') },
  spec: { subject: { apiVersion: 'batch/v1', kind: 'Job', ...subject }, sink } as SinkBinding['spec'],
});
const UNKNOWN = { ref: { apiVersion: 'v1', kind: 'Service', name: 'later' } };
const containers = [{ name: 'main', image: 'x' }];
const job = (more: object = {}): Job => ({
  ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: metadata('report', more) },
  spec: { template: { spec: { restartPolicy: 'Never', containers } } } as Job['spec'],
});
const podOf = ({ metadata: { name, uid } }: { metadata: { name?: string; uid?: string } }): Pod => ({
  ...{ apiVersion: 'v1', kind: 'Pod' },
  metadata: {
    ...{ generateName: `${name}-`, namespace: 'default' },
    ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: name!, uid: uid!, controller: true }],
  },
  spec: { containers },
});
const K_SINK = { name: 'K_SINK', value: 'http://sink.example.com/' };

describe('what is asked about objects of Knative', () => {
  test('is answered with who made them and who changed them, and nothing where nothing was changed', async () => {
    const { ask } = await world();
    const made = await ask(service());
    const signed = { 'serving.knative.dev/creator': 'amy', 'serving.knative.dev/lastModifier': 'amy' };
    expect(made.object.metadata.annotations).toEqual(signed);
    const stored = service({}, { annotations: signed });
    const changed = service({ timeoutSeconds: 10 }, { annotations: signed });
    const bob = { operation: 'UPDATE', oldObject: stored, userInfo: { username: 'bob' } } as const;
    expect((await ask(changed, bob)).object.metadata.annotations).toEqual({
      ...signed,
      'serving.knative.dev/lastModifier': 'bob',
    });
    expect((await ask(stored, bob)).patch).toBeUndefined();
  });

  test('is refused with all of the lines that Knative has for it', async () => {
    const { ask } = await world();
    const { allowed, status } = await ask(service({ serviceAccountName: 'foo@bar.baz' }));
    expect(allowed).toBe(false);
    expect(status).toMatchObject({ code: 400, reason: 'BadRequest' });
    expect(status?.message).toMatch(
      /^validation failed: invalid value: foo@bar\.baz: spec\.template\.spec\.serviceAccountName\na lowercase RFC 1123 subdomain must consist of/,
    );
  });

  test('is refused where a change is not allowed', async () => {
    const { ask } = await world();
    const trigger = (broker: string) => ({
      ...{ apiVersion: 'eventing.knative.dev/v1', kind: 'Trigger', metadata: metadata('t') },
      spec: { broker, subscriber: { uri: 'http://a.example.com' } },
    });
    const { allowed, status } = await ask(trigger('b'), { operation: 'UPDATE', oldObject: trigger('a') });
    expect(allowed).toBe(false);
    expect(status?.message).toContain('Immutable fields changed (-old +new): spec.broker');
  });

  test('fills in the defaults of Eventing where an object is made, and where it had them', async () => {
    const { ask } = await world();
    const bare = { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', metadata: metadata('b') };
    const { object: full } = await ask(bare);
    expect(full.metadata.annotations).toMatchObject({ 'eventing.knative.dev/broker.class': expect.any(String) });
    const update = (oldObject: KubeObject) => ({ operation: 'UPDATE', oldObject }) as const;
    expect((await ask(bare, update(bare))).patch).toBeUndefined();
    expect((await ask(full, update(full))).patch).toBeUndefined();
  });

  test('is let through where it is deleted, or on its way out', async () => {
    const { ask } = await world();
    const wrong = service({ serviceAccountName: 'foo@bar.baz' }, { deletionTimestamp: '2026-01-01T00:00:00Z' });
    expect(await ask(wrong, { operation: 'UPDATE', oldObject: wrong })).toMatchObject({ allowed: true });
    const { allowed } = await ask(service(), { operation: 'DELETE', object: null });
    expect(allowed).toBe(true);
  });

  test('is asked of the settings: a ConfigMap that cannot be read is refused', async () => {
    const { ask } = await world();
    const map = (text: string) => ({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config-br-defaults', namespace: 'knative-eventing' } },
      data: { 'default-br-config': text },
    });
    expect(await ask(map('clusterDefault: {'))).toMatchObject({ allowed: false });
    expect(await ask(map('clusterDefault: {}'))).toMatchObject({ allowed: true });
  });
});

describe('what is asked about subjects of SinkBindings', () => {
  test('tells a Job that a binding names, also one that was made in the same moment', async () => {
    const { ask, memory, objects } = await world();
    objects.stop();
    await memory.create(SinkBindingType, binding({ name: 'report' }));
    const { object } = await ask(job());
    expect(object.spec.template.spec.containers[0]?.env?.[0]).toEqual(K_SINK);
    expect((await ask(job({ name: 'other' }))).patch).toBeUndefined();
  });

  test('counts the bindings that were heard of where they cannot be read', async () => {
    const { ask, memory, state } = await world();
    await memory.create(SinkBindingType, binding({ selector: { matchLabels: { app: 'a' } } }));
    await memory.create(NamespaceType, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } }).catch(() => {});
    state.down = true;
    await expect(ask(job({ labels: { app: 'a' } }))).rejects.toThrow('gone');
    expect((await ask(job({ labels: { app: 'b' } }))).allowed).toBe(true);
  });

  test('marks a Job that waits for an address; its pods are refused until there is one, then told', async () => {
    const { ask, clock, memory } = await world();
    await memory.create(SinkBindingType, binding({ name: 'report' }, UNKNOWN));
    const { object } = await ask(job());
    expect(object.spec.template.metadata?.annotations).toEqual({ 'bindings.knative.dev/waiting-for': 'bind' });
    expect(object.spec.template.spec).toEqual({ restartPolicy: 'Never', containers });
    const made = await memory.create(JobType, object);
    const { allowed, status } = await ask(podOf(made));
    expect(allowed).toBe(false);
    expect(status).toMatchObject({ code: 403, message: expect.stringContaining('waits for the address of its sink') });
    const found = (await memory.get(SinkBindingType, 'default', 'bind'))!;
    await memory.updateStatus(SinkBindingType, { ...found, status: { sinkUri: 'http://sink.example.com/' } });
    await clock.advance(0);
    expect((await ask(podOf(made))).object.spec.containers[0]?.env?.[0]).toEqual(K_SINK);
  });

  test.each(['Job', 'Namespace'])('stops no pod where the webhook has no right to read a %s', async (kind) => {
    const { ask, memory, state } = await world();
    await memory.create(SinkBindingType, binding({ selector: { matchLabels: { app: 'a' } } }, UNKNOWN));
    const made = await memory.create(JobType, job({ labels: { app: 'a' } }));
    expect(await ask(podOf(made))).toMatchObject({ allowed: false });
    state.forbidden = kind;
    // Nobody is told anything then, as where nobody is there.
    await expect(ask(podOf(made))).rejects.toThrow(`${kind} is forbidden`);
  });

  test('reads bindings once for all who ask meanwhile, and again for them; so many at a time', async () => {
    const { ask, memory, reads, state } = await world();
    const releases: (() => void)[] = [];
    state.held = () => new Promise<void>((resolve) => releases.push(resolve));
    const asked = [ask(job())];
    await turn();
    asked.push(...Array.from({ length: 19 }, () => ask(job())));
    await turn();
    expect([reads, releases.length]).toEqual([['list SinkBinding'], 1]);
    await memory.create(SinkBindingType, binding({ name: 'report' }));
    releases.shift()!();
    await turn();
    expect([reads.length, releases.length]).toEqual([2, 1]);
    releases.shift()!();
    const told = (await Promise.all(asked)).map(({ object }) => object.spec.template.spec.containers[0]?.env?.[0]);
    // Whoever came later than the first hears of what was made after that one's list had begun.
    expect(told.slice(1)).toEqual(Array.from({ length: 19 }, () => K_SINK));
    const many = Array.from({ length: 40 }, (_, i) => ask(job({ namespace: `space-${i}` })));
    await turn();
    expect(releases).toHaveLength(16);
    for (let i = 0; i < 40; i++) {
      releases.shift()!();
      await turn();
    }
    await Promise.all(many);
    expect([reads.filter((read) => read === 'list SinkBinding').length, releases.length]).toEqual([42, 0]);
  });

  test('reads nothing for pods where there are no bindings, or that were told', async () => {
    const { ask, memory, reads } = await world();
    const made = await memory.create(JobType, job());
    expect((await ask(podOf(made))).patch).toBeUndefined();
    await memory.create(SinkBindingType, binding({ name: 'another' }));
    const told = podOf(made);
    expect(
      (await ask({ ...told, spec: { containers: [{ name: 'main', image: 'x', env: [K_SINK] }] } } as Pod)).patch,
    ).toBeUndefined();
    expect(reads).toEqual([]);
    expect((await ask(told)).patch).toBeUndefined();
    expect(reads).toEqual(['get Job']);
  });

  test('leaves alone what a label keeps out, by itself or by its namespace', async () => {
    const { ask, memory } = await world();
    await memory.create(SinkBindingType, binding({ selector: { matchLabels: { app: 'a' } } }));
    const exclude = { 'bindings.knative.dev/exclude': 'true' };
    expect((await ask(job({ labels: { app: 'a', ...exclude } }))).patch).toBeUndefined();
    expect((await ask(job({ labels: { app: 'a' } }))).patch).toBeDefined();
    const space = (await memory.get(NamespaceType, undefined, 'default'))!;
    await memory.update(NamespaceType, { ...space, metadata: { ...space.metadata, labels: exclude } });
    expect((await ask(job({ labels: { app: 'a' } }))).patch).toBeUndefined();
  });

  test('takes the namespace of the request where the object has none', async () => {
    const { ask, memory } = await world();
    await memory.create(SinkBindingType, binding({ name: 'report' }));
    const { metadata: _, ...rest } = job();
    const { object } = await ask({ ...rest, metadata: { name: 'report' } }, { namespace: 'default' });
    expect(object.spec.template.spec.containers[0]?.env?.[0]).toEqual(K_SINK);
    expect(object.metadata).toEqual({ name: 'report' });
  });
});
