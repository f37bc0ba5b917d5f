import https from 'node:https';
import { type Secret, SecretType, servedTypes } from '../../../../lib/api';
import { CountingExecutor, type Log, noLog, seededRandom, VirtualClock } from '../../../../lib/base';
import { type Cluster, ClusterError } from '../../../../lib/kube';
import { MemoryCluster } from '../../../../lib/local';
import { Readiness } from '../../../../lib/roles/health';
import { MutatingWebhookConfigurationType, WebhookBeside, WebhookSystem } from '../../../../lib/roles/webhook';

const NAMESPACE = 'knative-serving';
const NAME = 'knc-webhook';

function world() {
  const executor = new CountingExecutor((error) => {
    throw error;
  });
  const clock = new VirtualClock(executor, Math.floor(performance.timeOrigin));
  const cluster = new MemoryCluster({
    ...{ clock, random: seededRandom(1) },
    types: [...servedTypes, MutatingWebhookConfigurationType],
  });
  const said: string[] = [];
  const log: Log = { ...noLog, warn: (message) => void said.push(message) };
  const readiness = new Readiness();
  const apply = async () => {
    await cluster.create<Secret>(SecretType, {
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'knc-webhook-certificates', namespace: NAMESPACE } },
    });
    await cluster.create(MutatingWebhookConfigurationType, {
      ...{ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', metadata: { name: NAME } },
      webhooks: [{ name: 'a' }],
    });
  };
  const options = {
    cluster: cluster as Cluster,
    clock,
    executor,
    log,
    readiness,
    port: 0,
    host: '127.0.0.1',
    namespace: NAMESPACE,
  };
  const trusted = async () => {
    const found = await cluster.get(MutatingWebhookConfigurationType, undefined, NAME);
    return Buffer.from(found?.webhooks?.[0]?.clientConfig?.caBundle ?? '', 'base64').toString();
  };
  return { clock, cluster, apply, options, readiness, said, trusted };
}

function ask(port: number, ca: string, object: object): Promise<{ readonly response: { readonly allowed: boolean } }> {
  const body = JSON.stringify({
    ...{ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' },
    request: { uid: 'u', operation: 'CREATE', userInfo: { username: 'amy' }, object },
  });
  return new Promise((resolve, reject) => {
    const request = https.request(
      {
        ...{ host: '127.0.0.1', port, ca, servername: `${NAME}.${NAMESPACE}.svc`, agent: false, method: 'POST' },
        ...{ path: '/admission', headers: { 'content-type': 'application/json' } },
      },
      async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve(JSON.parse(text) as never);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

const service = (image: string) => ({
  ...{ apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name: 'a', namespace: 'default' } },
  spec: { template: { spec: { containers: [{ image }] } } },
});

describe('the role', () => {
  test('is ready once API servers trust it, and answers them then', async () => {
    const { clock, apply, options, readiness, trusted } = world();
    const system = await WebhookSystem.start(options);
    await clock.advance(0);
    expect(readiness.missing).toEqual(['certificate: API servers do not know yet by which certificate this pod is known']);
    await apply();
    await clock.advance(0);
    expect(readiness.missing).toEqual([]);
    const ca = await trusted();
    expect(await ask(system.port, ca, service('hello:1'))).toMatchObject({ response: { allowed: true, patchType: 'JSONPatch' } });
    expect(await ask(system.port, ca, service(''))).toMatchObject({ response: { allowed: false } });
    await system.stop();
  });

  test('stays ready where the Secret goes away later: it still answers', async () => {
    const { clock, cluster, apply, options, readiness } = world();
    await apply();
    const system = await WebhookSystem.start(options);
    await clock.advance(0);
    await cluster.delete(SecretType, NAMESPACE, 'knc-webhook-certificates');
    await clock.advance(60_000);
    expect(readiness.missing).toEqual([]);
    await system.stop();
  });

  test('does not begin where it may not read what it needs, and may be tried again', async () => {
    const { options, cluster } = world();
    const seen: Cluster = Object.assign(Object.create(cluster) as Cluster, {
      watch: cluster.watch.bind(cluster),
      list: (async (type, selection) => {
        if (type.kind === 'Secret') throw new ClusterError('Forbidden', 'not allowed');
        return cluster.list(type, selection);
      }) as Cluster['list'],
    });
    await expect(WebhookSystem.start({ ...options, cluster: seen })).rejects.toThrow('not allowed');
  });
});

describe('beside the rest of the runtime', () => {
  test('the process is ready when the webhook is, and not held up by one that is not for longer than half a minute', async () => {
    const { clock, options, readiness, said } = world();
    const beside = new WebhookBeside(options);
    await clock.advance(29_000);
    expect(readiness.missing).toEqual([expect.stringContaining('webhook certificate: ')]);
    await clock.advance(1000);
    expect(readiness.missing).toEqual([]);
    expect(said).toContain('the webhook is not in place; all else goes on');
    await beside.stop();
  });

  test('is in place at once where all is there', async () => {
    const { clock, apply, options, readiness, said } = world();
    await apply();
    const beside = new WebhookBeside(options);
    await clock.advance(0);
    expect(readiness.missing).toEqual([]);
    await clock.advance(60_000);
    expect(said).toEqual([]);
    await beside.stop();
  });

  test('begins later where the cluster is not there at first', async () => {
    const { clock, cluster, apply, options, readiness, trusted } = world();
    const state = { down: true };
    const seen: Cluster = Object.assign(Object.create(cluster) as Cluster, {
      ...{ watch: cluster.watch.bind(cluster), get: cluster.get.bind(cluster), update: cluster.update.bind(cluster) },
      list: (async (type, selection) => {
        if (state.down) throw new ClusterError('Unavailable', 'gone');
        return cluster.list(type, selection);
      }) as Cluster['list'],
    });
    await apply();
    const beside = new WebhookBeside({ ...options, cluster: seen });
    await clock.advance(40_000);
    expect(await trusted()).toBe('');
    state.down = false;
    await clock.advance(5000);
    expect(await trusted()).toContain('BEGIN CERTIFICATE');
    expect(readiness.missing).toEqual([]);
    await beside.stop();
  });
});
