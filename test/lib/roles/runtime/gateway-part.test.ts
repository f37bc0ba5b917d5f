import { request } from 'node:http';
import { allTypes, type Ingress, IngressType, type Pod, PodType } from '../../../../lib/api';
import { CountingExecutor, noLog, noMetrics, RealClock, seededRandom } from '../../../../lib/base';
import { MemoryCluster } from '../../../../lib/local/cluster';
import { GatewayPart, type GatewayPartOptions } from '../../../../lib/roles/runtime/gateway-part';

/** What nobody can act on: whoever believes it answers 400. */
const HALF = { host: 'shop.example.org', 'knative-serving-revision': 'r' };

/** The statuses of a request with a revision header, from a peer at 127.0.0.1 that is a pod of `front`. */
async function statuses(outerIngress: GatewayPartOptions['outerIngress']): Promise<Record<'external' | 'internal', number>> {
  const clock = new RealClock();
  const random = seededRandom(3);
  const cluster = new MemoryCluster({ clock, random, types: allTypes });
  const metadata = { namespace: 'front', name: 'proxy' };
  const pod = await cluster.create<Pod>(PodType, { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [] } });
  await cluster.updateStatus<Pod>(PodType, { ...pod, status: { phase: 'Running', podIP: '127.0.0.1' } });
  const part = new GatewayPart({
    ...{ cluster, clock, random, log: noLog, metrics: noMetrics, identity: 'g', ports: { external: 0, internal: 0 } },
    executor: new CountingExecutor((error) => {
      throw error;
    }),
    ...(outerIngress ? { outerIngress } : {}),
  });
  await part.start();
  const ports = await part.listen();
  const status = (port: number) =>
    new Promise<number>((resolve, reject) => {
      const outgoing = request({ port, host: '127.0.0.1', headers: HALF, agent: false });
      outgoing.on('response', (response) => resolve(response.resume().statusCode!)).on('error', reject);
      outgoing.end();
    });
  const [external, internal] = await Promise.all([status(ports.external), status(ports.internal)]);
  await part.close();
  await part.stop();
  return { external, internal };
}

test('revision headers are believed on the internal listener alone, and of pods of an outer ingress alone', async () => {
  expect(await statuses([{ namespace: 'front' }])).toEqual({ external: 404, internal: 400 });
  expect(await statuses([{ namespace: 'other' }])).toEqual({ external: 404, internal: 403 });
  expect(await statuses(undefined)).toEqual({ external: 404, internal: 403 });
});

/** What a request gets that was sent by https to a proxy at 127.0.0.1, for a host that is served by https alone. */
async function throughProxy(trustedProxies: readonly string[] | undefined): Promise<readonly number[]> {
  const clock = new RealClock();
  const random = seededRandom(3);
  const cluster = new MemoryCluster({ clock, random, types: allTypes });
  const rules = [{ hosts: ['shop.example.org'], visibility: 'ExternalIP' as const, http: { paths: [{ splits: [] }] } }];
  await cluster.create<Ingress>(IngressType, {
    apiVersion: 'networking.internal.knative.dev/v1alpha1',
    kind: 'Ingress',
    metadata: { namespace: 'default', name: 'shop' },
    spec: { rules, httpOption: 'Redirected' },
  });
  const part = new GatewayPart({
    ...{ cluster, clock, random, log: noLog, metrics: noMetrics, identity: 'g', ports: { external: 0, internal: 0 } },
    executor: new CountingExecutor((error) => {
      throw error;
    }),
    ...(trustedProxies ? { trustedProxies } : {}),
  });
  await part.start();
  const { external } = await part.listen();
  const status = (proto: string) =>
    new Promise<number>((resolve, reject) => {
      const headers = { host: 'shop.example.org', 'x-forwarded-proto': proto };
      request({ port: external, host: '127.0.0.1', headers, agent: false })
        .on('response', (response) => resolve(response.resume().statusCode!))
        .on('error', reject)
        .end();
    });
  const statuses = [await status('https'), await status('http')];
  await part.close();
  await part.stop();
  return statuses;
}

test('what a proxy says of the scheme is believed if it was named, and of nobody else', async () => {
  expect(await throughProxy(['127.0.0.0/8'])).toEqual([503, 301]);
  expect(await throughProxy(['10.0.0.0/8'])).toEqual([301, 301]);
  expect(await throughProxy(undefined)).toEqual([301, 301]);
});
