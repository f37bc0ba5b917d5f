import { Chart, Testing } from 'cdk8s';
import { Delivery, KnService, Parallel, type ParallelBranchProps, Sequence } from 'knative-constructs';
import { Testbed } from 'knative-constructs/testing';
import { seededRandom } from '../../../lib/base';

const SERVICES = ['a', 'b', 'c', 'd', 'done'] as const;
type Name = (typeof SERVICES)[number];
const RETRY = Delivery.retry(20).backoff('linear', '5s');

const beds: Testbed[] = [];
afterEach(async () => {
  for (const bed of beds.splice(0)) await bed.stop();
});

/** Services that hand on what comes, unless they are down; what came to each, with its way so far, is written down. */
class Flow {
  readonly down = new Set<Name>();
  readonly seen: string[] = [];
  bed!: Testbed;

  static async start(build: (service: (name: Name) => KnService, chart: Chart) => void): Promise<Flow> {
    const flow = new Flow();
    const stubs = SERVICES.map((name) => Testbed.stub(name, (request) => flow.#answer(name, request)));
    flow.bed = await Testbed.start(flow.chart(build), { stubs });
    beds.push(flow.bed);
    await flow.bed.advance('10s');
    return flow;
  }

  chart(build: (service: (name: Name) => KnService, chart: Chart) => void): Chart {
    const chart = new Chart(Testing.app(), 'shop');
    const scale = { min: 1 };
    const services = SERVICES.map(
      (name) => [name, new KnService(chart, name, { name, image: `example.com/step-${name}`, scale })] as const,
    );
    const all = new Map<Name, KnService>(services);
    build((name) => all.get(name)!, chart);
    return chart;
  }

  change(build: (service: (name: Name) => KnService, chart: Chart) => void): Promise<void> {
    return this.bed.apply(this.chart(build));
  }

  /** The ways by which an event came to its end. */
  ways(id: string): string[] {
    return this.seen
      .filter((line) => line.startsWith(`${id} `) && line.endsWith('done'))
      .map((line) => line.slice(id.length + 1));
  }

  async #answer(name: Name, request: Request): Promise<Response> {
    const id = request.headers.get('ce-id')!;
    if (this.down.has(name)) return new Response('no', { status: 503 });
    const way = `${request.headers.get('ce-way') ?? ''}${name}`;
    this.seen.push(`${id} ${way}`);
    if (name === 'done') return new Response(null, { status: 202 });
    const headers = { 'ce-specversion': '1.0', 'ce-id': id, 'ce-source': '/s', 'ce-type': 't', 'ce-way': way };
    return new Response('{}', { headers: { ...headers, 'content-type': 'application/json' } });
  }
}

const sequence = (steps: readonly Name[]) => (service: (name: Name) => KnService, chart: Chart) => {
  const made = steps.map((name) => ({ to: service(name), delivery: RETRY }));
  new Sequence(chart, 'flow', { name: 'flow', steps: made, reply: service('done') });
};
const parallel = (branches: readonly (readonly [Name, Name])[]) => (service: (name: Name) => KnService, chart: Chart) => {
  const made = branches.map(
    ([filter, to]): ParallelBranchProps => ({ filter: service(filter), to: service(to), delivery: RETRY }),
  );
  new Parallel(chart, 'flow', { name: 'flow', branches: made, reply: service('done') });
};

const FLOW = { apiVersion: 'flows.knative.dev/v1', namespace: undefined, name: 'flow' };
const SEQUENCE = { ...FLOW, kind: 'Sequence' };
const PARALLEL = { ...FLOW, kind: 'Parallel' };
const channelOf = (flow: Flow, name: string) => flow.bed.get('messaging.knative.dev/v1', 'InMemoryChannel', name);

describe('a sequence that changes while events are on their way', () => {
  test('lets those that wait for a step that goes, or are on their way to it, come to their end the old way', async () => {
    const flow = await Flow.start(sequence(['a', 'b', 'c']));
    flow.down.add('c').add('a');
    const late = flow.bed.publish(SEQUENCE, { id: 'late', type: 't' });
    await late;
    await flow.bed.advance('2s');
    flow.down.delete('a');
    await flow.bed.publish(SEQUENCE, { id: 'early', type: 't' });
    await flow.bed.advance('2s');
    expect(flow.seen).toEqual(['early a', 'early ab']);
    await flow.change(sequence(['a']));
    await flow.bed.publish(SEQUENCE, { id: 'new', type: 't' });
    await flow.bed.advance('8s');
    expect([flow.ways('new'), flow.ways('early'), flow.ways('late')]).toEqual([['adone'], [], []]);
    expect(await channelOf(flow, 'flow-kn-sequence-2')).toBeDefined();
    flow.down.delete('c');
    await flow.bed.advance('60s');
    expect([flow.ways('early'), flow.ways('late')]).toEqual([['abcdone'], ['abcdone']]);
    expect(await channelOf(flow, 'flow-kn-sequence-1')).toBeUndefined();
    expect(await channelOf(flow, 'flow-kn-sequence-2')).toBeUndefined();
  });

  test('takes a step back that went while events waited for it', async () => {
    const flow = await Flow.start(sequence(['a', 'b']));
    flow.down.add('b');
    await flow.bed.publish(SEQUENCE, { id: 'one', type: 't' });
    await flow.bed.advance('2s');
    await flow.change(sequence(['a']));
    await flow.bed.advance('5s');
    await flow.change(sequence(['a', 'b']));
    flow.down.delete('b');
    await flow.bed.advance('60s');
    expect(flow.ways('one')).toEqual(['abdone']);
    await flow.change(sequence(['a']));
    await flow.bed.advance('10s');
    expect(await channelOf(flow, 'flow-kn-sequence-1')).toBeUndefined();
  });

  test.each([1, 2, 3, 4, 5])('loses nothing, whatever changes (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const pick = (n: number) => Math.floor(random.next() * n);
    const steps = () =>
      (['a', 'b', 'c', 'd'] as const)
        .map((name) => [random.next(), name] as const)
        .sort(([x], [y]) => x - y)
        .map(([, name]) => name)
        .slice(0, 1 + pick(3));
    const flow = await Flow.start(sequence(steps()));
    const ids: string[] = [];
    for (let round = 0; round < 12; round++) {
      flow.down.clear();
      for (const name of SERVICES) if (random.next() < 0.3) flow.down.add(name);
      for (let i = pick(4); i > 0; i--) ids.push(await flow.bed.publish(SEQUENCE, { id: `${round}-${i}`, type: 't' }));
      await flow.bed.advance(pick(9000));
      await flow.change(sequence(steps()));
    }
    flow.down.clear();
    await flow.bed.advance('10m');
    expect(ids.filter((id) => flow.ways(id).length === 0)).toEqual([]);
  });
});

describe('a parallel that changes while events are on their way', () => {
  test('lets those that passed the filter of a branch that goes come to their end', async () => {
    const flow = await Flow.start(
      parallel([
        ['a', 'b'],
        ['c', 'd'],
      ]),
    );
    flow.down.add('d');
    await flow.bed.publish(PARALLEL, { id: 'one', type: 't' });
    await flow.bed.advance('2s');
    await flow.change(parallel([['a', 'b']]));
    await flow.bed.publish(PARALLEL, { id: 'two', type: 't' });
    await flow.bed.advance('6s');
    flow.down.delete('d');
    await flow.bed.advance('60s');
    expect([flow.ways('one').sort(), flow.ways('two')]).toEqual([['abdone', 'cddone'], ['abdone']]);
    expect(await channelOf(flow, 'flow-kn-parallel-1')).toBeUndefined();
  });

  test('gives a branch that moves up the events of before, too, and a branch that comes back nothing of between', async () => {
    const flow = await Flow.start(
      parallel([
        ['a', 'b'],
        ['c', 'd'],
      ]),
    );
    flow.down.add('d');
    await flow.bed.publish(PARALLEL, { id: 'one', type: 't' });
    await flow.bed.advance('2s');
    await flow.change(parallel([['c', 'd']]));
    await flow.bed.publish(PARALLEL, { id: 'two', type: 't' });
    await flow.bed.advance('2s');
    await flow.change(
      parallel([
        ['c', 'd'],
        ['a', 'b'],
      ]),
    );
    await flow.bed.publish(PARALLEL, { id: 'three', type: 't' });
    flow.down.delete('d');
    await flow.bed.advance('60s');
    expect([flow.ways('one').length, flow.ways('two'), flow.ways('three').sort()]).toEqual([2, ['cddone'], ['abdone', 'cddone']]);
  });
});
