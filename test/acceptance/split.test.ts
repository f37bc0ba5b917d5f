import { Chart, Testing } from 'cdk8s';
import { KnService, RevisionName, TrafficSplit } from 'knative-constructs';
import type { KubeObject } from '../../lib/api';
import { KeepAlive } from './support/keep-alive';
import { RealSystem } from './support/real-system';
import { deviation, heterogeneity, runsDeviation } from './support/statistics';

/** `npm run test:split` sends 10,000. */
const REQUESTS = Number(process.env['KNC_SPLIT_REQUESTS'] ?? 2000);
const CLIENTS = 5;
const SIGMAS = 5;

/** A service with revisions `<name>-one` and `<name>-two`; the first gets `percent` of the requests. */
function versions(name: string, percent: number): readonly KubeObject[] {
  return ['one', 'two'].map((version) => {
    const chart = new Chart(Testing.app(), version);
    const service = new KnService(chart, name, {
      ...{ name, image: 'example.com/app', scale: { min: 1 } },
      revision: RevisionName.suffix(version),
      env: { VERSION: version },
    });
    if (version === 'two')
      service.splitTraffic(TrafficSplit.weighted({ [`${name}-one`]: percent, [`${name}-two`]: 100 - percent }));
    return Testing.synth(chart)[0] as KubeObject;
  });
}

interface Drawn {
  readonly connection: number;
  readonly client: number;
  readonly first: boolean;
}

/** Sends the requests over so many connections; a client is told by its headers, and every connection carries all of them. */
async function draw(port: number, name: string, connections: number): Promise<Drawn[]> {
  const drawn: Drawn[] = [];
  const each = async (connection: number) => {
    const wire = await KeepAlive.open(port, `${name}.default.localhost`);
    for (let i = 0; i < REQUESTS / connections; i++) {
      const client = i % CLIENTS;
      const { status, revision } = await wire.get(`user-agent: client/${client}\r\ncookie: session=${client}\r\n`);
      if (status !== 200) throw new Error(`answer ${i} of connection ${connection} was ${status}`);
      drawn.push({ connection, client, first: revision === `${name}-one` });
    }
    wire.close();
  };
  await Promise.all(Array.from({ length: connections }, (_, i) => each(i)));
  return drawn;
}

const groups = (drawn: readonly Drawn[], by: 'connection' | 'client') =>
  [...new Set(drawn.map((one) => one[by]))].map((key) => {
    const own = drawn.filter((one) => one[by] === key);
    return { n: own.length, count: own.filter(({ first }) => first).length };
  });

let real: RealSystem;

beforeAll(async () => {
  real = await RealSystem.start();
  real.system.functions.register({ image: '**' }, (_request, { revision }) => new Response(null, { headers: { revision } }));
  for (const [name, percent] of [
    ['even', 50],
    ['canary', 99],
  ] as const) {
    const [first, second] = versions(name, percent);
    await real.apply(first!);
    await real.apply(second!);
  }
});

afterAll(() => real.stop());

describe.each([
  ['even', 50],
  ['canary', 99],
] as const)('service %s with %d %% of its traffic on one revision', (name, percent) => {
  test.each([1, 20])('shares requests as declared on %d kept connections, whoever sends them', async (connections) => {
    const drawn = await draw(real.port, name, connections);
    const firsts = drawn.map(({ first }) => first);
    expect(drawn).toHaveLength(REQUESTS);
    expect(deviation(firsts.filter(Boolean).length, REQUESTS, percent / 100)).toBeLessThan(SIGMAS);
    expect(runsDeviation(firsts)).toBeLessThan(SIGMAS);
    expect(heterogeneity(groups(drawn, 'client'))).toBeLessThan(SIGMAS);
    if (connections > 1) expect(heterogeneity(groups(drawn, 'connection'))).toBeLessThan(SIGMAS);
    for (let connection = 0; connection < connections; connection++) {
      const own = drawn.filter((one) => one.connection === connection).map(({ first }) => first);
      if (percent === 50) expect(runsDeviation(own)).toBeLessThan(SIGMAS);
    }
  });
});

test('the statistics would notice a split that sticks to connections, to clients, or to turns', () => {
  const many = 10_000;
  const stuck = Array.from({ length: many }, (_, i) => ({ connection: i % 20, client: i % CLIENTS, first: i % 20 < 10 }));
  expect(heterogeneity(groups(stuck, 'connection'))).toBeGreaterThan(SIGMAS);
  const byClient = stuck.map((one) => ({ ...one, first: one.client < 3 }));
  expect(heterogeneity(groups(byClient, 'client'))).toBeGreaterThan(SIGMAS);
  const inTurn = stuck.map((_, i) => i % 2 === 0);
  expect(deviation(inTurn.filter(Boolean).length, many, 0.5)).toBe(0);
  expect(runsDeviation(inTurn)).toBeGreaterThan(SIGMAS);
  expect(deviation(9930, many, 0.99)).toBeLessThan(SIGMAS);
  expect(deviation(9950, many, 0.99)).toBeGreaterThan(4);
});
