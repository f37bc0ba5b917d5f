import { NodeSink, Producer } from './event-load';
import { addressOf, install, rolledOut } from './platform';
import { nodeProcesses } from './pod-process';
import { describeCluster } from './support';
import { clock, kubectl, until } from './tools';

/** How long each disturbance goes on, in seconds; `npm run test:soak` takes longer. */
const SECONDS = Number(process.env['KNC_CHAOS_SECONDS'] ?? 60);
const BETWEEN_MS = 10_000;

const objects = (sink: NodeSink) => [
  { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', metadata: { name: 'chaos', namespace: 'default' } },
  {
    apiVersion: 'eventing.knative.dev/v1',
    kind: 'Trigger',
    metadata: { name: 'chaos', namespace: 'default' },
    spec: { broker: 'chaos', subscriber: { uri: sink.url } },
  },
];

describeCluster('the platform in one pod, under load', () => {
  const sink = new NodeSink(18_095);
  const uid = async () => kubectl('get pod -n knative-serving knc-runtime-0 -o jsonpath={.metadata.uid}').catch(() => '');

  /** What happens to it, in turn. */
  const disturbances: Readonly<Record<string, () => Promise<unknown>>> = {
    'kill -9': async () => {
      const of = await uid();
      for (const pid of of ? nodeProcesses(of) : []) process.kill(pid, 'SIGKILL');
    },
    'pod deleted at once': () => kubectl('delete pod -n knative-serving knc-runtime-0 --force --grace-period=0'),
    upgrade: () => kubectl('rollout restart statefulset/knc-runtime -n knative-serving'),
  };

  beforeAll(async () => {
    await install();
    await sink.open();
    await kubectl('apply -f -', { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects(sink) }) });
    await kubectl('wait broker/chaos trigger/chaos --for=condition=Ready --timeout=60s');
  }, 240_000);

  afterAll(async () => {
    sink.close();
    await kubectl('delete broker/chaos trigger/chaos').catch(() => {});
  }, 60_000);

  test(
    'no event that was acknowledged is lost, whatever happens to the pod',
    async () => {
      const producer = new Producer(await addressOf('knative-serving', 'knc-gateway'), 'chaos');
      const end = clock.now() + SECONDS * 1000;
      const done: string[] = [];
      for (let i = 0; clock.now() < end; i++) {
        const [name, disturb] = Object.entries(disturbances)[i % 3]!;
        await clock.sleep(BETWEEN_MS / 2);
        await disturb();
        done.push(name);
        await clock.sleep(BETWEEN_MS / 2);
        await rolledOut();
      }
      await producer.stop();
      const missing = () => producer.acknowledged.filter((id) => !sink.got.has(id));
      await until('delivery of the last', async () => missing().length === 0, 120).catch(() => {});
      const twice = [...sink.got.values()].filter((times) => times > 1).length;
      const answers = [...producer.answers].map(([status, times]) => `${status || 'no answer'}: ${times}`).join(', ');
      console.log(`${done.join(', ')}; answers ${answers}; ${sink.got.size} events delivered, ${twice} of them more than once`);
      expect(missing()).toEqual([]);
      expect(producer.acknowledged.length).toBeGreaterThan(SECONDS);
    },
    (SECONDS + 400) * 1000,
  );
});
