import { Chart, Testing } from 'cdk8s';
import { Broker, EventTransform, JobSink, KnService, RequestReply } from 'knative-constructs';
import { Testbed, type TestbedOptions } from 'knative-constructs/testing';

const beds: Testbed[] = [];
afterEach(async () => {
  for (const bed of beds.splice(0)) await bed.stop();
});

async function start(chart: Chart, options?: TestbedOptions): Promise<Testbed> {
  const bed = await Testbed.start(chart, options);
  beds.push(bed);
  return bed;
}

function shop() {
  const chart = new Chart(Testing.app(), 'shop');
  const service = (name: string) => new KnService(chart, name, { name, image: `example.com/${name}` });
  return { chart, service, orders: new Broker(chart, 'orders', { name: 'orders' }) };
}

describe('a JobSink', () => {
  test('makes one Job for every event, which finds it in its file', async () => {
    const { chart, orders } = shop();
    const report = new JobSink(chart, 'report', { name: 'report', image: 'example.com/report' });
    orders.on('order.created', { to: report });
    const got: unknown[] = [];
    const job = Testbed.job(report, async (event, { env, sleep, log }) => {
      got.push([event.id, event.data, env['K_EXECUTION_MODE']]);
      await sleep(5000);
      log('done');
    });
    const bed = await start(chart, { stubs: [job] });
    await bed.publish(orders, { id: '1', type: 'order.created', data: { amount: 5 } });
    await bed.until(bed.journal.when({ event: '1', log: 'job-sink/default/report', kind: 'delivered' }));
    expect(got).toEqual([['1', { amount: 5 }, 'batch']]);
    await bed.publish(orders, { id: '1', type: 'order.created', data: { amount: 6 } });
    await bed.publish(orders, { id: '2', type: 'order.created' });
    await bed.until(bed.journal.when({ event: '2', log: 'job-sink/default/report', kind: 'delivered' }));
    expect(got).toHaveLength(2);
  });

  test('tells of a Job that has failed for good', async () => {
    const { chart } = shop();
    const report = new JobSink(chart, 'report', { name: 'report', image: 'example.com/report', backoffLimit: 1 });
    let tries = 0;
    const job = Testbed.job(report, () => {
      tries++;
      throw new Error('no');
    });
    const bed = await start(chart, { stubs: [job] });
    await bed.publish(report, { id: '1', type: 'order.created' });
    const end = await bed.until(bed.journal.when({ event: '1', kind: 'dropped' }));
    expect([tries, end]).toMatchObject([2, { reason: 'Job has reached the specified backoff limit' }]);
  });
});

describe('an EventTransform', () => {
  const jsonata = '{ "specversion": "1.0", "id": id, "source": "/t", "type": type & ".v2", "data": { "sum": $sum(data.items) } }';
  const event = { id: '1', type: 'order', data: { items: [1, 2, 3] } };

  test('answers with what its expression makes of an event', async () => {
    const { chart } = shop();
    const bed = await start(chart);
    const sums = new EventTransform(chart, 'sums', { name: 'sums', jsonata });
    await bed.apply(chart);
    const answer = await bed.ask(sums, event);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/cloudevents+json']);
    expect(await answer.json()).toEqual({ specversion: '1.0', id: '1', source: '/t', type: 'order.v2', data: { sum: 6 } });
  });

  test('stands between a trigger and its broker: what it answers is a new event', async () => {
    const { chart, service, orders } = shop();
    const done = service('done');
    orders.on('order', { to: new EventTransform(chart, 'sums', { name: 'sums', jsonata }) });
    orders.on('order.v2', { to: done });
    const got: unknown[] = [];
    const stub = Testbed.stub(done, async (request) => {
      got.push(await request.json());
      return new Response(null, { status: 202 });
    });
    const bed = await start(chart, { stubs: [stub] });
    await bed.publish(orders, event);
    await bed.until(bed.journal.when({ type: 'order.v2', kind: 'delivered' }));
    expect(got).toEqual([{ sum: 6 }]);
  });

  test('sends to its sink, and answers with what becomes of the answer', async () => {
    const { chart, service } = shop();
    const sink = service('sink');
    const plain = new EventTransform(chart, 'plain', { name: 'plain', jsonata, sink });
    const changed = new EventTransform(chart, 'changed', { name: 'changed', jsonata, sink, reply: { jsonata: '{ "was": ok }' } });
    const silent = new EventTransform(chart, 'silent', { name: 'silent', jsonata, sink, reply: 'discard' });
    const stub = Testbed.stub(sink, async (request) => {
      const { type } = (await request.json()) as { readonly type: string };
      return Response.json({ ok: type }, { status: 201 });
    });
    const bed = await start(chart, { stubs: [stub] });
    const answers = [];
    for (const to of [plain, changed, silent]) {
      const answer = await bed.ask(to, event);
      answers.push([answer.status, await answer.text()]);
    }
    expect(answers).toEqual([
      [201, '{"ok":"order.v2"}'],
      [201, '{"was":"order.v2"}'],
      [201, ''],
    ]);
  });

  test('says why it fails', async () => {
    const { chart } = shop();
    const bad = new EventTransform(chart, 'bad', { name: 'bad', jsonata: '$error("no orders today")' });
    const bed = await start(chart);
    await bed.apply(chart);
    const answer = await bed.ask(bad, event);
    expect([answer.status, answer.headers.get('reason')]).toEqual([500, 'no orders today']);
    expect(bed.journal.entries({ event: '1' }).at(-1)).toMatchObject({ kind: 'dropped', reason: 'no orders today' });
  });

  test('with an expression that cannot be parsed is not ready, and says so', async () => {
    const { chart } = shop();
    new EventTransform(chart, 'bad', { name: 'bad', jsonata: '{ "a": ' });
    await expect(Testbed.start(chart)).rejects.toThrow(
      /EventTransform bad is not ready: JsonataExpressionInvalid: spec.jsonata.expression cannot be parsed: /,
    );
  });
});

describe('a RequestReply', () => {
  function asking(timeout: string) {
    const { chart, service, orders } = shop();
    const worker = service('worker');
    orders.on('question', { to: worker });
    return { chart, worker, ask: new RequestReply(chart, 'ask', { name: 'ask', broker: orders, timeout }) };
  }

  const replying = (delayMs = 0) => ({
    handler: async (request: Request, { sleep }: { sleep(ms: number): Promise<void> }) => {
      await sleep(delayMs);
      const { n } = (await request.json()) as { readonly n: number };
      const ce = { 'ce-specversion': '1.0', 'ce-id': `r${n}`, 'ce-source': '/worker', 'ce-type': 'answer' };
      const replyid = request.headers.get('ce-correlationid') ?? '';
      return Response.json({ double: 2 * n }, { headers: { ...ce, 'ce-replyid': replyid } });
    },
  });

  test('answers each request with the reply to it', async () => {
    const { chart, worker, ask } = asking('30s');
    const bed = await start(chart, { stubs: [Testbed.stub(worker, replying().handler)] });
    const answers = await bed.until(
      Promise.all([1, 2, 3].map((n) => bed.ask(ask, { id: 'same', type: 'question', data: { n } }))),
    );
    expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual([{ double: 2 }, { double: 4 }, { double: 6 }]);
    expect([answers[0]!.status, answers[0]!.headers.get('ce-type')]).toEqual([200, 'answer']);
    expect((await bed.get('eventing.knative.dev/v1', 'Trigger', 'ask0-1'))?.metadata.labels).toMatchObject({
      'eventing.knative.dev/RequestReply.name': 'ask',
    });
  });

  test('says when there is no reply in time', async () => {
    const { chart, worker, ask } = asking('10s');
    const bed = await start(chart, { stubs: [Testbed.stub(worker, replying(60_000).handler)] });
    const before = bed.now.getTime();
    const answer = await bed.ask(ask, { id: '1', type: 'question', data: { n: 1 } });
    expect([answer.status, await answer.text()]).toEqual([504, 'no reply within 10 s\n']);
    expect(bed.now.getTime() - before).toBe(10_000);
    await bed.advance('2m');
    expect(bed.journal.entries({ event: '1', log: 'request-reply/default/ask' }).map(({ kind }) => kind)).toEqual([
      'arrived',
      'attempt',
      'dropped',
    ]);
  });

  test('takes no reply that it has not asked for', async () => {
    const { chart, ask } = asking('10s');
    const bed = await start(chart);
    await bed.publish('orders', { id: 'forged', type: 'answer', extensions: { replyid: 'x:AAAA:0' } });
    await bed.advance('1s');
    expect(bed.journal.entries({ event: 'forged' }).map(({ kind }) => kind)).toEqual(['arrived']);
    const answer = await bed.ask(ask, { id: '1', type: 'nobody-answers', data: {} });
    expect(answer.status).toBe(504);
  });
});
