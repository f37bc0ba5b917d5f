import { X509Certificate } from 'node:crypto';
import { type Secret, SecretType, servedTypes } from '../../../../lib/api';
import { CountingExecutor, type Log, noLog, seededRandom, VirtualClock } from '../../../../lib/base';
import { type Cluster, ClusterError } from '../../../../lib/kube';
import { MemoryCluster } from '../../../../lib/local';
import { makeCertificate } from '../../../../lib/roles/webhook/certificate-maker';
import { type CertificatePair, OVERLAP_MS, RENEW_MS, splitBundle, VALID_MS } from '../../../../lib/roles/webhook/certificates';
import { WebhookCertificates } from '../../../../lib/roles/webhook/webhook-certificates';
import {
  type MutatingWebhookConfiguration,
  MutatingWebhookConfigurationType,
} from '../../../../lib/roles/webhook/webhook-configuration';

const NAMESPACE = 'knative-serving';
const SECRET = 'knc-webhook-certificates';
const NAME = 'knc-webhook';
const START = Date.parse('2026-01-01T00:00:00Z');

/** A pod of the webhook, as far as its certificates go. */
interface Replica {
  readonly certificates: WebhookCertificates;
  readonly used: CertificatePair[];
  readonly states: (string | undefined)[];
}

async function world({ objects = true } = {}) {
  const executor = new CountingExecutor((error) => {
    throw error;
  });
  const clock = new VirtualClock(executor, START);
  const cluster = new MemoryCluster({
    ...{ clock, random: seededRandom(1) },
    types: [...servedTypes, MutatingWebhookConfigurationType],
  });
  const warnings: string[] = [];
  const log: Log = { ...noLog, warn: (_, fields) => void warnings.push(String(fields?.['error'])) };
  const apply = async () => {
    await cluster.create<Secret>(SecretType, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: SECRET, namespace: NAMESPACE },
    });
    await cluster.create(MutatingWebhookConfigurationType, {
      ...{ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', metadata: { name: NAME } },
      webhooks: ['a', 'b'].map((name) => ({ name, clientConfig: { service: { name: NAME } } })),
    });
  };
  if (objects) await apply();
  const made = { count: 0 };
  const replica = async (seen: Cluster = cluster): Promise<Replica> => {
    const used: CertificatePair[] = [];
    const states: (string | undefined)[] = [];
    const certificates = new WebhookCertificates({
      ...{ cluster: seen, clock, executor, log, namespace: NAMESPACE },
      make: (order) => {
        made.count++;
        return executor.track('certificate', () => makeCertificate(order));
      },
      onPair: (pair) => used.push(pair),
      onState: (problem) => states.push(problem),
    });
    await certificates.start();
    return { certificates, used, states };
  };
  const bundles = async (): Promise<readonly string[]> => {
    const found: MutatingWebhookConfiguration | undefined = await cluster.get(MutatingWebhookConfigurationType, undefined, NAME);
    return (found?.webhooks ?? []).map(({ clientConfig }) => Buffer.from(clientConfig?.caBundle ?? '', 'base64').toString());
  };
  const secret = async () => (await cluster.get(SecretType, NAMESPACE, SECRET))!;
  return { clock, cluster, apply, replica, bundles, secret, made, warnings };
}

const isTrusted = ({ certificate }: CertificatePair, bundle: string): boolean =>
  splitBundle(bundle).some((one) => new X509Certificate(certificate).verify(new X509Certificate(one).publicKey));

describe('the certificates of the webhook', () => {
  test('are made once, kept in the Secret, trusted by the API server, and then used', async () => {
    const { clock, replica, bundles, secret } = await world();
    const { used, states } = await replica();
    await clock.advance(0);
    expect(Object.keys((await secret()).data ?? {}).sort()).toEqual(['ca.crt', 'tls.crt', 'tls.key']);
    const [a, b] = await bundles();
    expect(a).toBe(b);
    expect(used).toHaveLength(1);
    expect(isTrusted(used[0]!, a!)).toBe(true);
    expect(states.at(-1)).toBeUndefined();
  });

  test('are the same for pods that begin at once: one is faster, the other takes what it made', async () => {
    const { clock, replica, bundles, made } = await world();
    const pods = await Promise.all([replica(), replica(), replica()]);
    await clock.advance(0);
    expect(made.count).toBeGreaterThan(1);
    expect(new Set(pods.map(({ used }) => used.at(-1)?.certificate)).size).toBe(1);
    expect(isTrusted(pods[0]!.used.at(-1)!, (await bundles())[0]!)).toBe(true);
    for (const { states } of pods) expect(states.at(-1)).toBeUndefined();
  });

  test('are renewed a month before the end: both are trusted before the new one is used, and every pod changes over', async () => {
    const { clock, replica, bundles, secret } = await world();
    const pods = [await replica(), await replica()];
    await clock.advance(0);
    const before = pods[0]!.used[0]!;
    const due = VALID_MS - RENEW_MS - 2 * 3_600_000;
    await clock.advance(due);
    for (const { used } of pods) expect(used).toHaveLength(1);
    await clock.advance(2 * 3_600_000);
    const bundle = (await bundles())[0]!;
    expect(splitBundle(bundle)).toHaveLength(2);
    expect(isTrusted(before, bundle)).toBe(true);
    await clock.advance(OVERLAP_MS + 1000);
    const after = pods[0]!.used.at(-1)!;
    expect(after.certificate).not.toBe(before.certificate);
    for (const { used } of pods)
      expect(used.map(({ certificate }) => certificate)).toEqual([before.certificate, after.certificate]);
    expect(isTrusted(after, (await bundles())[0]!)).toBe(true);
    expect(Object.keys((await secret()).data ?? {}).sort()).toEqual(['ca.crt', 'tls.crt', 'tls.key']);
  });

  test('go on for years', async () => {
    const { clock, replica, bundles, made } = await world();
    const { used } = await replica();
    for (let month = 0; month < 24; month++) {
      await clock.advance(30 * 24 * 3_600_000);
      expect(isTrusted(used.at(-1)!, (await bundles())[0]!)).toBe(true);
      expect(Date.parse(new X509Certificate(used.at(-1)!.certificate).validTo)).toBeGreaterThan(clock.now());
      expect(splitBundle((await bundles())[0]!).length).toBeLessThan(3);
    }
    expect(made.count).toBeGreaterThan(8);
  });

  test('are made anew where somebody empties the Secret, and what was there is trusted no more', async () => {
    const { clock, cluster, replica, bundles, secret } = await world();
    const { used } = await replica();
    await clock.advance(0);
    const { data: _, ...empty } = await secret();
    await cluster.update(SecretType, empty as Secret);
    await clock.advance(0);
    expect(used).toHaveLength(2);
    expect(isTrusted(used[1]!, (await bundles())[0]!)).toBe(true);
    expect(isTrusted(used[0]!, (await bundles())[0]!)).toBe(false);
  });

  test('are used on where the Secret is deleted, and made anew once it is applied again', async () => {
    const { clock, cluster, replica, warnings } = await world();
    const { used, states } = await replica();
    await clock.advance(0);
    await cluster.delete(SecretType, NAMESPACE, SECRET);
    await clock.advance(0);
    expect(used).toHaveLength(1);
    expect(states.at(-1)).toBe('Secret knc-webhook-certificates is not there: apply the objects of the platform once more');
    expect(warnings).toHaveLength(1);
    await cluster.create<Secret>(SecretType, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: SECRET, namespace: NAMESPACE },
    });
    await clock.advance(0);
    expect(used).toHaveLength(2);
    expect(states.at(-1)).toBeUndefined();
  });

  test('wait for objects that are not there yet', async () => {
    const { clock, apply, replica } = await world({ objects: false });
    const { used, states } = await replica();
    await clock.advance(60_000);
    expect(used).toEqual([]);
    expect(states.at(-1)).toContain('is not there');
    await apply();
    await clock.advance(0);
    expect(used).toHaveLength(1);
  });

  test('are trusted again where somebody takes that out of the configuration', async () => {
    const { clock, cluster, replica, bundles } = await world();
    const { used } = await replica();
    await clock.advance(0);
    const found = (await cluster.get(MutatingWebhookConfigurationType, undefined, NAME))!;
    const webhooks = found.webhooks?.map(({ name }) => ({ name, clientConfig: { service: {} } }));
    await cluster.update(MutatingWebhookConfigurationType, { ...found, ...(webhooks ? { webhooks } : {}) });
    await clock.advance(0);
    for (const bundle of await bundles()) expect(isTrusted(used[0]!, bundle)).toBe(true);
    expect(used).toHaveLength(1);
  });

  test('are not used before the API server trusts them, however long that cannot be written', async () => {
    const { clock, cluster, replica, warnings } = await world();
    const state = { refused: true };
    const seen: Cluster = Object.assign(Object.create(cluster) as Cluster, {
      ...{ get: cluster.get.bind(cluster), list: cluster.list.bind(cluster), watch: cluster.watch.bind(cluster) },
      update: (async (type, object, options) => {
        if (type.kind === MutatingWebhookConfigurationType.kind && state.refused)
          throw new ClusterError('Forbidden', 'not allowed');
        return cluster.update(type, object, options);
      }) as Cluster['update'],
    });
    const { used, states } = await replica(seen);
    await clock.advance(120_000);
    expect(used).toEqual([]);
    expect(states.at(-1)).toBe('not allowed');
    expect(warnings.length).toBeGreaterThan(10);
    state.refused = false;
    await clock.advance(5000);
    expect(used).toHaveLength(1);
  });

  test('are nobody’s business any more once it has stopped', async () => {
    const { clock, cluster, replica, secret, made } = await world();
    const { certificates } = await replica();
    await clock.advance(0);
    certificates.stop();
    const { data: _, ...empty } = await secret();
    await cluster.update(SecretType, empty as Secret);
    await clock.advance(VALID_MS);
    expect(made.count).toBe(1);
  });
});
