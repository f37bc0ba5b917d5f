import { Chart, Testing } from 'cdk8s';
import { KnService, type KnServiceProps, RevisionName } from 'knative-constructs';
import { type StubHandler, Testbed } from 'knative-constructs/testing';

const WORK_MS = 1000;
const work: StubHandler = async (_request, { sleep, revision }) => {
  await sleep(WORK_MS);
  return new Response(revision);
};

function chartOf(props: Partial<KnServiceProps>) {
  const chart = new Chart(Testing.app(), 'load');
  const service = new KnService(chart, 'shop', { name: 'shop', image: 'example.com/shop', ...props });
  return { chart, service };
}

/** Keeps `clients` requests under way until stopped; collects statuses. */
function load(bed: Testbed, service: KnService, clients: number) {
  const statuses: number[] = [];
  let running = true;
  const done = Promise.all(
    Array.from({ length: clients }, async () => {
      while (running) statuses.push((await bed.send(service)).status);
    }),
  );
  return {
    statuses,
    stop: () => {
      running = false;
      return bed.until(done);
    },
  };
}

test('100 concurrent requests on target 10 make 15 pods at 70 % utilization, and silence makes none', async () => {
  const { chart, service } = chartOf({ concurrency: { target: 10 } });
  const bed = await Testbed.start(chart, { stubs: [Testbed.stub(service, work)] });
  const clients = load(bed, service, 100);
  await bed.advance('90s');
  expect(bed.replicas(service)).toBe(15);
  await clients.stop();
  expect(new Set(clients.statuses)).toEqual(new Set([200]));
  await bed.advance('3m');
  expect(bed.replicas(service)).toBe(0);
  await bed.stop();
});

test('moving traffic to a new revision under load loses no request', async () => {
  const first = chartOf({ revision: RevisionName.suffix('one'), env: { V: '1' } });
  const bed = await Testbed.start(first.chart, { stubs: [Testbed.stub(first.service, work)] });
  const clients = load(bed, first.service, 20);
  await bed.advance('10s');
  const second = chartOf({ revision: RevisionName.suffix('two'), env: { V: '2' } });
  await bed.apply(second.chart);
  await bed.advance('2m');
  expect(await (await bed.fetch(second.service)).text()).toBe('shop-two');
  expect(bed.replicas(second.service, 'shop-one')).toBe(0);
  await clients.stop();
  expect(new Set(clients.statuses)).toEqual(new Set([200]));
  await bed.stop();
});

test('scaling in under load ends no pod that has a request inside', async () => {
  const { chart, service } = chartOf({ concurrency: { target: 2 }, scale: { window: '6s' } });
  const bed = await Testbed.start(chart, { stubs: [Testbed.stub(service, work)] });
  const many = load(bed, service, 30);
  await bed.advance('20s');
  const out = bed.replicas(service);
  const few = load(bed, service, 2);
  await many.stop();
  await bed.advance('40s');
  expect(bed.replicas(service)).toBeLessThan(out);
  await few.stop();
  expect(new Set([...many.statuses, ...few.statuses])).toEqual(new Set([200]));
  await bed.stop();
});
