import { Chart, Testing } from 'cdk8s';
import { KnService, type KnServiceProps, RevisionName, RevisionRef, TrafficSplit } from 'knative-constructs';
import { Testbed, type TestbedOptions } from 'knative-constructs/testing';

function hello(props: Partial<KnServiceProps> = {}) {
  const chart = new Chart(Testing.app(), 'test');
  const service = new KnService(chart, 'hello', { name: 'hello', image: 'example.com/hello', ...props });
  return { chart, service };
}

const beds: Testbed[] = [];
afterEach(async () => {
  for (const bed of beds.splice(0)) await bed.stop();
});

async function start(chart: Chart, options?: TestbedOptions): Promise<Testbed> {
  const bed = await Testbed.start(chart, options);
  beds.push(bed);
  return bed;
}

test('a service answers, goes to zero when idle and comes back on the next request', async () => {
  const { chart, service } = hello();
  const bed = await start(chart, { stubs: [Testbed.stub(service, () => new Response('hi'))] });
  expect(bed.replicas(service)).toBe(1);
  expect(await (await bed.fetch(service)).text()).toBe('hi');
  await bed.advance('2m');
  expect(bed.replicas(service)).toBe(0);
  expect(await (await bed.fetch(service)).text()).toBe('hi');
  expect(bed.replicas(service)).toBe(1);
});

test('a handler sees the request, its environment and its revision, and sleeps in virtual time', async () => {
  const { chart, service } = hello({ env: { TARGET: 'you' } });
  const handler = Testbed.stub(service, async (request, { env, revision, sleep }) => {
    await sleep(60_000);
    return Response.json({ path: new URL(request.url).pathname, body: await request.text(), target: env['TARGET'], revision });
  });
  const bed = await start(chart, { stubs: [handler] });
  const before = bed.now.getTime();
  const answer = await bed.fetch(service, { path: '/orders', method: 'POST', body: 'one' });
  expect(await answer.json()).toEqual({ path: '/orders', body: 'one', target: 'you', revision: 'hello-00001' });
  expect(bed.now.getTime() - before).toBeGreaterThanOrEqual(60_000);
});

test('a pod that takes its time to start delays the first answer by just that', async () => {
  const { chart, service } = hello({ scale: { initial: 0 } });
  const bed = await start(chart, { stubs: [Testbed.stub(service, () => new Response('hi'), { startMs: 3000 })] });
  const before = bed.now.getTime();
  await bed.fetch(service);
  const took = bed.now.getTime() - before;
  expect(took).toBeGreaterThanOrEqual(3000);
  expect(took).toBeLessThan(3100);
});

test('another version of the chart makes a revision; a tag reaches it before it has traffic', async () => {
  const one = hello({ revision: RevisionName.suffix('one') });
  const bed = await start(one.chart, { stubs: [Testbed.stub(one.service, (_request, { revision }) => new Response(revision))] });
  const two = hello({
    revision: RevisionName.suffix('two'),
    env: { NEW: 'yes' },
    traffic: TrafficSplit.canary({ stable: RevisionRef.named('hello-one'), percent: 0, tag: 'next' }),
  });
  await bed.apply(two.chart);
  expect(await (await bed.fetch(two.service)).text()).toBe('hello-one');
  expect(await (await bed.fetch(two.service, { tag: 'next' })).text()).toBe('hello-two');
  await expect(bed.fetch(two.service, { tag: 'last' })).rejects.toThrow(
    'service hello has no traffic tag "last"; its tags: next',
  );
});

test('the same seed splits the same way', async () => {
  const run = async (seed: number) => {
    const chart = new Chart(Testing.app(), 'test');
    const services = ['a', 'b'].map((name) => new KnService(chart, name, { name, image: `example.com/${name}-app` }));
    new TrafficSplit(chart, 'both', {
      name: 'both',
      targets: TrafficSplit.canary({ stable: services[0]!, next: services[1]!, percent: 50 }),
    });
    const stubs = services.map((service) => Testbed.stub(service, (_request, { revision }) => new Response(revision[0])));
    const bed = await start(chart, { stubs, seed });
    let order = '';
    for (let i = 0; i < 20; i++) order += await (await bed.fetch('both')).text();
    return order;
  };
  const first = await run(7);
  expect(await run(7)).toBe(first);
  expect(await run(8)).not.toBe(first);
  expect(new Set(first)).toEqual(new Set('ab'));
});

test('what does not become ready is named with its reason', async () => {
  const { chart } = hello({ traffic: [{ revision: RevisionRef.named('hello-other'), percent: 100 }] });
  await expect(start(chart)).rejects.toMatchObject({
    code: 'KNC3110',
    message: expect.stringMatching(/^Service hello is not ready: RevisionMissing: .*hello-other/),
  });
});

test('a chart with an invalid construct is refused before anything starts', async () => {
  const { chart } = hello({ scale: { min: 3, max: 2 } });
  await expect(start(chart)).rejects.toMatchObject({
    code: 'KNC1001',
    message: expect.stringContaining('max-scale=2 is less than min-scale=3'),
  });
});

test('an object can be looked at as the controllers left it', async () => {
  const { chart, service } = hello();
  const bed = await start(chart);
  const object = await bed.get('serving.knative.dev/v1', 'Service', service);
  expect(object?.status).toMatchObject({
    url: 'http://hello.default.127.0.0.1.sslip.io',
    latestReadyRevisionName: 'hello-00001',
  });
  expect(await bed.get('serving.knative.dev/v1', 'Service', 'other/hello')).toBeUndefined();
});

test.each(['soon', '-1s', -1, Number.NaN])('%p is no duration', async (duration) => {
  const { chart } = hello();
  const bed = await start(chart);
  await expect(bed.advance(duration)).rejects.toMatchObject({ code: 'KNC3113' });
});
