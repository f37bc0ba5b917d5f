import { App, Chart, Testing } from 'cdk8s';
import { DomainMapping, KnService, type KnServiceProps, TrafficSplit } from 'knative-constructs';
import { Testbed, type TestbedOptions } from 'knative-constructs/testing';
import type { KResourceStatus } from '../../lib/api';
import { defaultServingConfig } from '../../lib/api';
import { summary } from '../lib/control/support/objects';

const DOMAIN = 'shop.example.com';
const chartOf = (namespace = 'default') => new Chart(Testing.app(), 'test', { namespace });
const serviceIn = (chart: Chart, props: Partial<KnServiceProps> = {}, name = 'hello') =>
  new KnService(chart, name, { name, image: 'example.com/app', ...props });

const beds: Testbed[] = [];
afterEach(async () => {
  for (const bed of beds.splice(0)) await bed.stop();
});

async function start(scope: Chart | App, options?: TestbedOptions): Promise<Testbed> {
  const bed = await Testbed.start(scope, options);
  beds.push(bed);
  return bed;
}

/** A pod that tells what it sees of the request. */
const seen = (service: KnService) =>
  Testbed.stub(service, ({ headers }, { revision }) =>
    Response.json({ revision, host: headers.get('host'), original: headers.get('k-original-host') }),
  );

async function statusOf(bed: Testbed, name = DOMAIN, namespace = 'default') {
  const mapping = await bed.get('serving.knative.dev/v1beta1', 'DomainMapping', { name, namespace });
  return mapping?.status as (KResourceStatus & { readonly url?: string }) | undefined;
}

test('a domain wakes a service up from zero, which sees the domain as its host', async () => {
  const chart = chartOf();
  const service = serviceIn(chart);
  const domain = service.addDomain(DOMAIN);
  const bed = await start(chart, { stubs: [seen(service)] });
  const status = (await statusOf(bed))!;
  expect(summary(status)).toEqual({
    CertificateProvisioned: 'True/TLSNotEnabled: external-domain-tls is not enabled',
    DomainClaimed: 'True',
    IngressReady: 'True',
    Ready: 'True',
    ReferenceResolved: 'True',
  });
  expect(status.url).toBe(`http://${DOMAIN}`);
  await bed.advance('2m');
  expect(bed.replicas(service)).toBe(0);
  const answer = await bed.fetch(domain, { path: '/a?b' });
  expect(await answer.json()).toEqual({ revision: 'hello-00001', host: DOMAIN, original: null });
});

test('a domain is all that the world sees of a service that is kept inside the cluster', async () => {
  const chart = chartOf();
  const service = serviceIn(chart, { visibility: 'cluster-local' });
  const domain = service.addDomain(DOMAIN);
  const bed = await start(chart, { stubs: [seen(service)] });
  expect((await bed.fetch(service)).status).toBe(404);
  expect((await bed.fetch(domain)).status).toBe(200);
});

test('a domain of a split has its shares', async () => {
  const chart = chartOf();
  const services = [serviceIn(chart, {}, 'one'), serviceIn(chart, {}, 'two')] as const;
  const split = new TrafficSplit(chart, 'both', {
    name: 'both',
    targets: TrafficSplit.canary({ stable: services[0], next: services[1], percent: 50 }),
  });
  const domain = split.addDomain(DOMAIN);
  const bed = await start(chart, { stubs: services.map(seen) });
  const revisions = new Set<string>();
  for (let i = 0; i < 20; i++) revisions.add(((await (await bed.fetch(domain)).json()) as { revision: string }).revision);
  expect([...revisions].sort()).toEqual(['one-00001', 'two-00001']);
});

test('a domain leads elsewhere as soon as its mapping does, and nowhere without one', async () => {
  const version = (to: string | undefined) => {
    const chart = chartOf();
    const services = ['one', 'two'].map((name) => serviceIn(chart, {}, name));
    if (to) new DomainMapping(chart, 'shop', { domain: DOMAIN, to });
    return { chart, services };
  };
  const one = version('one');
  const bed = await start(one.chart, { stubs: one.services.map(seen) });
  const revision = async () => ((await (await bed.fetch(DOMAIN)).json()) as { revision: string }).revision;
  expect(await revision()).toBe('one-00001');
  await bed.apply(version('two').chart);
  expect(await revision()).toBe('two-00001');
  await bed.apply(version(undefined).chart);
  await expect(bed.fetch(DOMAIN)).rejects.toThrow(`the chart has no service "default/${DOMAIN}"`);
  const claim = await bed.get('networking.internal.knative.dev/v1alpha1', 'ClusterDomainClaim', DOMAIN);
  expect([await statusOf(bed), claim]).toEqual([undefined, undefined]);
});

test('a domain belongs to the namespace that claimed it', async () => {
  const app = new App();
  for (const namespace of ['one', 'two']) {
    const chart = new Chart(app, namespace, { namespace });
    serviceIn(chart).addDomain(DOMAIN, { silence: ['duplicate-domain'] });
  }
  await expect(start(app)).rejects.toThrow(
    `DomainMapping ${DOMAIN} is not ready: DomainAlreadyClaimed: The domain name is already in use by another DomainMapping`,
  );
});

test('where claims are for an administrator to make, a domain waits for one and says so', async () => {
  const config = { network: { ...defaultServingConfig.network, ingressClass: 'knc.ingress.networking.knative.dev' } };
  const mapped = (claim: boolean) => {
    const chart = chartOf();
    serviceIn(chart).addDomain(DOMAIN, { claim });
    return chart;
  };
  await expect(start(mapped(false), { config })).rejects.toThrow(
    `DomainClaimFailed: no ClusterDomainClaim found for domain "${DOMAIN}" (and autocreate-cluster-domain-claims property is not true)`,
  );
  const bed = await start(mapped(true), { config });
  expect((await bed.fetch(DOMAIN)).status).toBe(200);
});

test('a domain that asks for HTTPS is not said to be ready, since nothing terminates TLS here', async () => {
  const chart = chartOf();
  serviceIn(chart).addDomain(DOMAIN, { tlsSecret: 'shop-tls' });
  await expect(start(chart)).rejects.toThrow(
    `TLSNotSupported: TLS is not terminated here: Secret "default/shop-tls" is not used, and ${DOMAIN} is served by plain HTTP alone.`,
  );
});
