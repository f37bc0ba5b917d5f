import { type Pod, PodType } from '../../../../lib/api';
import { SocketWorld } from '../../gateway/sockets';
import { Gated, Sidecar } from './sidecar';

let at: SocketWorld;
let sidecar: Sidecar;
afterEach(async () => {
  await at.stop();
  await sidecar.stop();
});

/** A pod with the sidecar, whose container has a port to which nobody is to send anything but that. */
async function queuedPod(ready: boolean): Promise<void> {
  const name = await at.world.pod('r', 1, { ready: false });
  const pod = (await at.world.cluster.get<Pod>(PodType, 'default', name))!;
  const queue = { name: 'queue-proxy', image: 'x', ports: [{ name: 'queue-port', containerPort: 8012 }] };
  const annotations = { 'local.knative-constructs.dev/ports': JSON.stringify({ 8012: sidecar.ports.requests, 8080: 1 }) };
  const changed = await at.world.cluster.update<Pod>(PodType, {
    ...pod,
    metadata: { ...pod.metadata, annotations },
    spec: { containers: [...pod.spec.containers, queue] },
  });
  await at.world.cluster.updateStatus<Pod>(PodType, {
    ...changed,
    status: { ...pod.status, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  });
  await at.settle();
}

test('requests through the gateway and past it share the limit of the pod', async () => {
  const user = new Gated();
  sidecar = await Sidecar.of(user.handler, { concurrency: 1 });
  at = await new SocketWorld().start({ containerConcurrency: 1 });
  await queuedPod(true);
  const past = sidecar.send('/past');
  await sidecar.holds(1);
  const through = at.send({ path: '/through' });
  await sidecar.holds(2);
  expect(user.seen).toBe(1);
  user.open();
  expect(await past).toMatchObject({ status: 200 });
  expect(await through).toMatchObject({ status: 200, body: 'done' });
  expect(user.most).toBe(1);
});

test('the gateway asks the sidecar whether a new pod is ready, and sends at once', async () => {
  let tries = 0;
  sidecar = await Sidecar.of(
    ({ url }, response) => {
      if (url === '/ready') response.writeHead(++tries > 2 ? 200 : 503).end();
      else response.end(`after ${tries} tries`);
    },
    { probe: { httpGet: { path: '/ready', port: 0 } } },
  );
  at = await new SocketWorld().start();
  const answer = at.send();
  await queuedPod(false);
  expect(await answer).toMatchObject({ status: 200, body: 'after 3 tries' });
});
