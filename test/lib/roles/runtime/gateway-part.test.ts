import { request } from 'node:http';
import { allTypes, type Pod, PodType } from '../../../../lib/api';
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
