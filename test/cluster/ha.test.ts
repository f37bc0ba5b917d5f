import { NodeSink, Producer } from './event-load';
import { addressOf, fromOutside, install, rolledOut } from './platform';
import { nodeProcesses } from './pod-process';
import { describeCluster } from './support';
import { clock, kubectl, until } from './tools';

/** How long events are sent while pods come and go, in seconds; `npm run test:soak` takes longer. */
const SECONDS = Number(process.env['KNC_CHAOS_SECONDS'] ?? 40);
const SERVING = '-n knative-serving';

const objects = (sink: NodeSink) => ({
  apiVersion: 'v1',
  kind: 'List',
  items: [
    {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: { name: 'many', namespace: 'default' },
      spec: {
        template: {
          metadata: { annotations: { 'autoscaling.knative.dev/min-scale': '2' } },
          spec: { containerConcurrency: 10, containers: [{ image: 'registry.local/hello:1' }] },
        },
      },
    },
    { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', metadata: { name: 'many', namespace: 'default' } },
    {
      apiVersion: 'eventing.knative.dev/v1',
      kind: 'Trigger',
      metadata: { name: 'many', namespace: 'default' },
      spec: { broker: 'many', subscriber: { uri: sink.url } },
    },
  ],
});

/** Requests one after the other in four rows, until it is stopped; what was answered, by status (0: nobody answered). */
class Load {
  readonly answers = new Map<number, number>();
  #stopped = false;
  readonly #rows = Array.from({ length: 4 }, () => this.#row());

  async stop(): Promise<ReadonlyMap<number, number>> {
    this.#stopped = true;
    await Promise.all(this.#rows);
    return this.answers;
  }

  async #row(): Promise<void> {
    while (!this.#stopped) {
      const { status } = await fromOutside('many');
      this.answers.set(status, (this.answers.get(status) ?? 0) + 1);
      await clock.sleep(10);
    }
  }
}

const told = (answers: ReadonlyMap<number, number>) =>
  [...answers].map(([status, times]) => `${status || 'no answer'}: ${times}`).join(', ');
const podsOf = async (name: string): Promise<readonly string[]> =>
  (await kubectl(`get pods ${SERVING} -l app.kubernetes.io/name=${name} -o name`)).split('\n').filter(Boolean);

describeCluster('the platform in many pods, under load', () => {
  const sink = new NodeSink(18_096);

  beforeAll(async () => {
    await install('ha');
    await sink.open();
    await kubectl('apply -f -', { input: JSON.stringify(objects(sink)) });
    await kubectl('wait ksvc/many broker/many trigger/many --for=condition=Ready --timeout=120s');
  }, 300_000);

  afterAll(async () => {
    sink.close();
    await kubectl('delete ksvc/many broker/many trigger/many').catch(() => {});
  }, 60_000);

  test('every pod of it is ready, and there are two gateways', async () => {
    // Its autoscaler says how many there are, when it first looks.
    await until('second gateway', async () => (await podsOf('knc-gateway')).length >= 2);
    await rolledOut();
    expect(await fromOutside('many')).toMatchObject({ status: 200 });
  }, 120_000);

  test('an upgrade of controllers and gateways loses no request', async () => {
    const load = new Load();
    await clock.sleep(1000);
    await kubectl(`rollout restart ${SERVING} deployment/knc-controller deployment/knc-gateway`);
    await rolledOut();
    await clock.sleep(2000);
    const answers = await load.stop();
    console.log(`upgrade: ${told(answers)}`);
    expect([...answers.keys()]).toEqual([200]);
  }, 240_000);

  test('the leader killed: no request is lost, and another leads', async () => {
    const holder = () => kubectl(`get lease ${SERVING} knative-constructs-controller -o jsonpath={.spec.holderIdentity}`);
    const leader = await until('leader', holder);
    const load = new Load();
    const uid = await kubectl(`get pod ${SERVING} ${leader} -o jsonpath={.metadata.uid}`);
    for (const pid of nodeProcesses(uid)) process.kill(pid, 'SIGKILL'); // so that it cannot give the lease back
    await kubectl(`delete pod ${SERVING} ${leader} --force --grace-period=0`);
    await until('another leader', async () => (await holder()) !== leader, 60);
    const answers = await load.stop();
    console.log(`leader killed: ${told(answers)}`);
    expect([...answers.keys()]).toEqual([200]);
  }, 120_000);

  test('a gateway killed: what was inside is lost, and the others go on', async () => {
    const [gateway = ''] = await podsOf('knc-gateway');
    const load = new Load();
    await clock.sleep(1000);
    await kubectl(`delete ${SERVING} ${gateway} --force --grace-period=0`);
    await clock.sleep(5000);
    const answers = await load.stop();
    console.log(`gateway killed: ${told(answers)}`);
    const lost = [...answers].reduce((sum, [status, times]) => sum + (status === 200 ? 0 : times), 0);
    expect(lost).toBeLessThanOrEqual(8); // four rows, and what was dialled before the node knew
    expect(answers.get(200)).toBeGreaterThan(100);
    await rolledOut();
  }, 120_000);

  test(
    'brokers killed: no event that was acknowledged is lost',
    async () => {
      const producer = new Producer(await addressOf('knative-eventing', 'broker-ingress'), 'many');
      for (const end = clock.now() + SECONDS * 1000; clock.now() < end; ) {
        await clock.sleep(5000);
        await kubectl('delete pod -n knative-eventing knc-eventing-0 --force --grace-period=0');
        await clock.sleep(5000);
        await rolledOut();
      }
      await producer.stop();
      const missing = () => producer.acknowledged.filter((id) => !sink.got.has(id));
      await until('delivery of the last', async () => missing().length === 0, 120).catch(() => {});
      console.log(`brokers killed: ${told(producer.answers)}; ${sink.got.size} events delivered`);
      expect(missing()).toEqual([]);
      expect(producer.acknowledged.length).toBeGreaterThan(SECONDS);
    },
    (SECONDS + 300) * 1000,
  );
});
