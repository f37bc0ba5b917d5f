import { Chart, Testing } from 'cdk8s';
import { KnService, type KnServiceProps, RevisionName, TrafficSplit } from 'knative-constructs';
import { Agent, request } from 'undici';
import { type KubeObject, RevisionType } from '../../lib/api';
import { RealSystem, until } from '../acceptance/support/real-system';
import { VirtualSystem } from '../acceptance/support/virtual-system';

const WORK_MS = 60;

/** Says of each request that it took it and that it has answered it. */
const SERVER = `
const say = (text) => require('node:fs').writeSync(1, text + '\\n');
const server = require('node:http').createServer((request, response) => {
  const id = request.headers['x-id'];
  say('took ' + id);
  setTimeout(() => response.end(process.env.K_REVISION + ' ' + process.pid, () => say('answered ' + id)), ${WORK_MS});
});
server.listen(process.env.PORT);
process.on('SIGTERM', () => server.close());`;

/** A version of the shop, and how many percent of the requests go to which version. */
function shop(version: string, weights?: Readonly<Record<string, number>>, props: Partial<KnServiceProps> = {}): KubeObject {
  const chart = new Chart(Testing.app(), version);
  const service = new KnService(chart, 'shop', {
    ...{ name: 'shop', image: 'example.com/shop', scale: { min: 2 }, env: { VERSION: version } },
    revision: RevisionName.suffix(version),
    ...props,
  });
  if (weights) service.splitTraffic(TrafficSplit.weighted(weights));
  return Testing.synth(chart)[0] as KubeObject;
}

interface Answer {
  readonly id: string;
  readonly status: number;
  readonly text: string;
}

/** Keeps so many requests under way, each with an id of its own, until it is stopped. */
class Load {
  readonly answers: Answer[] = [];
  readonly faults: unknown[] = [];
  readonly #done: Promise<unknown>;
  #running = true;
  #sent = 0;

  constructor(
    clients: number,
    private readonly send: (id: string) => Promise<Omit<Answer, 'id'>>,
  ) {
    this.#done = Promise.all(Array.from({ length: clients }, () => this.#client()));
  }

  get failed(): readonly Answer[] {
    return this.answers.filter(({ status }) => status !== 200);
  }

  /** The first word of the answers from now on. */
  since(mark: number): Set<string> {
    return new Set(this.answers.slice(mark).map(({ text }) => text.split(' ')[0]!));
  }

  stop(): Promise<unknown> {
    this.#running = false;
    return this.#done;
  }

  async #client(): Promise<void> {
    while (this.#running) {
      const id = `${this.#sent++}`;
      try {
        this.answers.push({ id, ...(await this.send(id)) });
      } catch (error) {
        this.faults.push(error);
      }
    }
  }
}

describe('with pods that are processes', () => {
  const CLIENTS = 20;
  let real: RealSystem;
  let agent: Agent;
  let load: Load;

  beforeAll(async () => {
    real = await RealSystem.start([{ image: 'example.com/shop', program: { command: [process.execPath, '-e', SERVER] } }]);
    await real.apply(shop('one'));
    agent = new Agent({ connections: CLIENTS });
    load = new Load(CLIENTS, async (id) => {
      const headers = { host: 'shop.default.localhost', 'x-id': id };
      const { statusCode, body } = await request(`http://127.0.0.1:${real.port}/`, { dispatcher: agent, headers });
      return { status: statusCode, text: await body.text() };
    });
  });

  afterAll(async () => {
    await load.stop();
    await agent.close();
    await real.stop();
  });

  const more = (count: number) => {
    const goal = load.answers.length + count;
    return until(`${count} more answers`, () => load.answers.length >= goal);
  };

  const printed = (word: string, pod?: string) =>
    real.lines
      .filter(({ line, pod: by }) => line.startsWith(`${word} `) && (pod === undefined || by === pod))
      .map(({ line }) => line.split(' ')[1]!);

  test('a pod that is killed takes the requests inside it along, each with one 502, and no other', async () => {
    await until('both pods at work', () => new Set(load.answers.map(({ text }) => text)).size === 2);
    await more(50);
    const [pod] = await real.pods('shop-one');
    const name = pod!.metadata.name!;
    const pid = Number(pod!.status!.containerStatuses![0]!.containerID!.split('://')[1]);
    await until('some requests inside it', () => printed('took', name).length - printed('answered', name).length >= 3);
    process.kill(pid, 'SIGKILL');
    await more(200);

    const failed = load.failed;
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThan(CLIENTS);
    expect(new Set(failed.map(({ status }) => status))).toEqual(new Set([502]));
    expect(failed[0]!.text).toContain('shop-one');
    const answered = new Set(printed('answered', name));
    const lost = printed('took', name).filter((id) => !answered.has(id) && load.answers.some((one) => one.id === id));
    expect(lost.length).toBeGreaterThan(0);
    const ids = failed.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(lost));
    // What failed without having been read was on its way into that pod: nobody else was asked.
    const elsewhere = printed('took').filter((id) => !lost.includes(id));
    expect(elsewhere.filter((id) => ids.includes(id))).toEqual([]);
    expect(new Set(printed('took')).size).toBe(printed('took').length);
    expect(load.faults).toEqual([]);
  });

  test('moving traffic back and forth between revisions fails no request', async () => {
    const before = load.failed.length;
    const named = (one: number) => ({ 'shop-one': one, 'shop-two': 100 - one });
    await real.apply(shop('two', named(100)));
    for (const share of [50, 0, 100, 10]) {
      await real.apply(shop('two', named(share)));
      const mark = load.answers.length + CLIENTS;
      await more(CLIENTS + 100);
      const expected = [...(share > 0 ? ['shop-one'] : []), ...(share < 100 ? ['shop-two'] : [])];
      expect(load.since(mark)).toEqual(new Set(expected));
    }
    expect(load.failed.length).toBe(before);
    expect(load.faults).toEqual([]);
  });

  test('deleting a revision as soon as it gets no more traffic fails no request', async () => {
    const before = load.failed.length;
    await real.apply(shop('two', { 'shop-two': 100 }));
    await real.system.cluster.delete(RevisionType, 'default', 'shop-one');
    await until('its pods to be gone', async () => (await real.pods('shop-one')).length === 0);
    await more(100);
    expect(load.since(load.answers.length - 50)).toEqual(new Set(['shop-two']));
    expect(load.failed.length).toBe(before);
    expect(load.faults).toEqual([]);
  });
});

describe('in virtual time', () => {
  const CLIENTS = 20;
  const LONG_MS = 1000;
  let virtual: VirtualSystem;
  let load: Load;
  /** Ids of the requests inside each pod. */
  let inside: Map<string, Set<string>>;
  let taken: string[];

  beforeEach(async () => {
    inside = new Map();
    taken = [];
    virtual = await VirtualSystem.start();
    virtual.system.functions.register({ image: '**' }, async (incoming, { pod, revision, sleep }) => {
      const id = incoming.headers.get('x-id')!;
      const ids = inside.get(pod) ?? new Set();
      inside.set(pod, ids.add(id));
      taken.push(id);
      await sleep(LONG_MS);
      ids.delete(id);
      return new Response(revision);
    });
    await virtual.apply(shop('one', undefined, { scale: { min: 3 } }));
    load = new Load(CLIENTS, async (id) => {
      const response = await virtual.fetch('shop', { 'x-id': id });
      return { status: response.status, text: await response.text() };
    });
    await virtual.clock.advance(5500);
  });

  afterEach(async () => {
    await virtual.drive(load.stop());
    await virtual.stop();
  });

  test('exactly the requests inside a pod that crashes get a 502, once each', async () => {
    const [pod] = await virtual.pods('shop-one');
    const lost = [...inside.get(pod!.metadata.name!)!];
    expect(lost.length).toBeGreaterThan(CLIENTS / 3 - 3);
    expect(virtual.system.functions.crash(pod!.metadata.uid, 137)).toBe(true);
    await virtual.clock.advance(30_000);
    expect(load.failed.map(({ id }) => id).sort()).toEqual(lost.sort());
    expect(new Set(load.failed.map(({ status }) => status))).toEqual(new Set([502]));
    expect(new Set(taken).size).toBe(taken.length);
    expect(load.faults).toEqual([]);
    const [after] = await virtual.pods('shop-one');
    expect(after!.status!.containerStatuses![0]).toMatchObject({ restartCount: 1, ready: true });
  });

  test('every pod crashing at once costs what is inside; the rest waits for the first that is back', async () => {
    const lost = [...inside.values()].flatMap((ids) => [...ids]);
    expect(lost).toHaveLength(CLIENTS);
    for (const { metadata } of await virtual.pods('shop-one')) virtual.system.functions.crash(metadata.uid, 137);
    await virtual.clock.advance(30_000);
    expect(load.failed.map(({ id, status }) => `${status} ${id}`).sort()).toEqual(lost.map((id) => `502 ${id}`).sort());
    expect(load.answers.length).toBeGreaterThan(10 * CLIENTS);
  });

  test('traffic moves to a revision that has gone to zero, and its predecessor is deleted, without a failed request', async () => {
    await virtual.apply(shop('two', { 'shop-one': 100, 'shop-two': 0 }, { scale: { min: 0 } }));
    await virtual.clock.advance(120_000);
    expect(await virtual.pods('shop-two')).toEqual([]);
    await virtual.apply(shop('two', { 'shop-one': 0, 'shop-two': 100 }, { scale: { min: 0 } }));
    await virtual.drive(virtual.system.cluster.delete(RevisionType, 'default', 'shop-one'));
    await virtual.clock.advance(10_000);
    expect(load.since(load.answers.length - CLIENTS)).toEqual(new Set(['shop-two']));
    await virtual.clock.advance(120_000);
    expect(await virtual.pods('shop-one')).toEqual([]);
    expect(load.failed).toEqual([]);
    expect(load.faults).toEqual([]);
  });
});
