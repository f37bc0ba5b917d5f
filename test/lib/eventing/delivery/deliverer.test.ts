import type { IncomingHttpHeaders } from 'node:http';
import { CountingExecutor, VirtualClock } from '../../../../lib/base';
import {
  type Attempt,
  type CloudEvent,
  Deliverer,
  type Delivery,
  type DeliveryPolicy,
  type Destination,
  type EventMessage,
  passedThrough,
  type SendOptions,
  type SinkResponse,
} from '../../../../lib/eventing';

const EVENT: CloudEvent = {
  attributes: { specversion: '1.0', id: '1', source: '/shop', type: 'order.created', datacontenttype: 'application/json' },
  data: Buffer.from('{"amount":120}'),
};
const SUBSCRIBER = 'http://fulfil.default.svc.cluster.local';
const REPLY = 'http://broker.default.svc.cluster.local';
const DLS = 'http://dead.default.svc.cluster.local';

type Answer = number | Error | Partial<SinkResponse>;

/** Receivers by URL, each with its answers in order, the last of them for ever; and what they were sent, and when. */
class World {
  readonly executor = new CountingExecutor((error) => {
    throw error;
  });
  readonly clock = new VirtualClock(this.executor);
  readonly sent: { readonly at: number; readonly url: string; readonly message: EventMessage; readonly options: SendOptions }[] =
    [];
  readonly attempts: Attempt[] = [];
  readonly #start = this.clock.now();

  constructor(private readonly answers: Readonly<Record<string, readonly Answer[]>>) {}

  readonly send = async ({ url }: Destination, message: EventMessage, options: SendOptions): Promise<SinkResponse> => {
    const before = this.sent.filter((one) => one.url === url).length;
    this.sent.push({ at: this.clock.now() - this.#start, url, message, options });
    const answers = this.answers[url] ?? [202];
    const answer = answers[Math.min(before, answers.length - 1)]!;
    if (answer instanceof Error) throw answer;
    const given = typeof answer === 'number' ? { status: answer } : answer;
    return { status: 200, headers: {}, body: Buffer.alloc(0), ...given };
  };

  async deliver(delivery: Partial<Delivery> = {}, policy: DeliveryPolicy = {}) {
    const deliverer = new Deliverer({ clock: this.clock, sender: this });
    const given = { event: EVENT, namespace: 'default', subscriber: { url: SUBSCRIBER }, replies: 'event', headers: {} } as const;
    const result = this.executor.track('delivery', () =>
      deliverer.deliver({ ...given, policy, ...delivery }, (attempt) => this.attempts.push(attempt)),
    );
    await this.clock.advance(3_600_000);
    return result;
  }

  times(url: string): number[] {
    return this.sent.flatMap((one) => (one.url === url ? [one.at] : []));
  }
}

const reply = (headers: IncomingHttpHeaders = {}, body = ''): Partial<SinkResponse> => ({
  headers: { 'ce-specversion': '1.0', 'ce-id': 'r', 'ce-source': '/fulfil', 'ce-type': 'order.fulfilled', ...headers },
  body: Buffer.from(body),
});
const failure = (status: number) => ({
  kind: 'dropped',
  failed: 'subscriber',
  url: SUBSCRIBER,
  status,
  reason: `HTTP ${status}`,
});

describe('a delivery', () => {
  test.each([200, 201, 202, 204, 299])('that is answered %d is done', async (status) => {
    const world = new World({ [SUBSCRIBER]: [status] });
    expect(await world.deliver({}, { retry: 3 })).toEqual({ kind: 'delivered' });
    expect(world.sent).toHaveLength(1);
  });

  test.each([500, 502, 503, 599, 404, 408, 409, 429])('that is answered %d is tried again', async (status) => {
    const world = new World({ [SUBSCRIBER]: [status] });
    expect(await world.deliver({}, { retry: 2 })).toEqual(failure(status));
    expect(world.sent).toHaveLength(3);
  });

  test.each([300, 301, 307, 400, 401, 403, 410, 413, 415, 422])('that is answered %d is not tried again', async (status) => {
    const world = new World({ [SUBSCRIBER]: [status] });
    expect(await world.deliver({}, { retry: 2 })).toEqual(failure(status));
    expect(world.sent).toHaveLength(1);
  });

  test('without an answer is tried again, and counts as 500', async () => {
    const world = new World({ [SUBSCRIBER]: [new Error('connect ECONNREFUSED')] });
    expect(await world.deliver({}, { retry: 1 })).toEqual({ ...failure(500), reason: 'connect ECONNREFUSED' });
    expect(world.sent).toHaveLength(2);
  });

  test('waits as long as its policy says', async () => {
    const times = async (policy: DeliveryPolicy) => {
      const world = new World({ [SUBSCRIBER]: [500] });
      await world.deliver({}, { retry: 4, ...policy });
      return world.times(SUBSCRIBER);
    };
    expect(await times({ backoffPolicy: 'linear', backoffDelayMs: 200 })).toEqual([0, 0, 200, 600, 1200]);
    expect(await times({ backoffPolicy: 'exponential', backoffDelayMs: 200 })).toEqual([0, 200, 600, 1400, 3000]);
    expect(await times({ backoffPolicy: 'exponential' })).toEqual([0, 0, 0, 0, 0]);
    expect(await times({ backoffDelayMs: 200 })).toEqual([0, 0, 0, 0, 0]);
  });

  test('heeds Retry-After of 429 and 503 where its policy allows, up to its limit', async () => {
    const times = async (status: number, header: string, policy: DeliveryPolicy) => {
      const world = new World({ [SUBSCRIBER]: [{ status, headers: { 'retry-after': header } }, 202] });
      await world.deliver({}, { retry: 1, backoffPolicy: 'exponential', backoffDelayMs: 1000, ...policy });
      return world.times(SUBSCRIBER)[1];
    };
    expect(await times(429, '7', { retryAfterMaxMs: 60_000 })).toBe(7000);
    expect(await times(503, '7', { retryAfterMaxMs: 5000 })).toBe(5000);
    expect(await times(500, '7', { retryAfterMaxMs: 60_000 })).toBe(1000);
    expect(await times(429, '7', {})).toBe(1000);
    expect(await times(429, '7', { retryAfterMaxMs: 0 })).toBe(1000);
    expect(await times(429, '0', { retryAfterMaxMs: 60_000 })).toBe(1000);
    expect(await times(429, 'soon', { retryAfterMaxMs: 60_000 })).toBe(1000);
    const date = new Date(new World({}).clock.now() + 9000).toUTCString();
    expect(await times(429, date, { retryAfterMaxMs: 60_000 })).toBe(9000);
  });

  test.each([
    ['a weekday of no date', 'Mon soon'],
    ['what only JavaScript takes for a date', '2030-01-01'],
    ['less than nothing', '-5'],
    ['nothing', ''],
  ])('makes nothing of a Retry-After of %s', async (_name, header) => {
    const world = new World({ [SUBSCRIBER]: [{ status: 429, headers: { 'retry-after': header } }, 202] });
    await world.deliver({}, { retry: 1, backoffPolicy: 'exponential', backoffDelayMs: 1000, retryAfterMaxMs: 60_000 });
    expect(world.times(SUBSCRIBER)).toEqual([0, 1000]);
  });

  test('heeds the first of several Retry-After', async () => {
    const headers = { 'retry-after': ['3', '9'] } as unknown as IncomingHttpHeaders;
    const world = new World({ [SUBSCRIBER]: [{ status: 503, headers }, 202] });
    await world.deliver({}, { retry: 1, retryAfterMaxMs: 60_000 });
    expect(world.times(SUBSCRIBER)).toEqual([0, 3000]);
  });

  test('takes 15 minutes at most for an attempt where its policy says nothing', async () => {
    const world = new World({});
    await world.deliver();
    expect(world.sent[0]!.options.timeoutMs).toBe(900_000);
  });

  test('limits each attempt, not all of them together', async () => {
    const world = new World({ [SUBSCRIBER]: [500] });
    await world.deliver({}, { retry: 1, timeoutMs: 3000 });
    expect(world.sent.map(({ options }) => options.timeoutMs)).toEqual([3000, 3000]);
  });

  test('tells the subscriber that it may reply, and its namespace; passes headers on that belong to the request', async () => {
    const world = new World({});
    const headers = passedThrough({
      ...{ 'x-request-id': 'r1', 'knative-foo': 'a', 'x-b3-traceid': 't', traceparent: '00-1-2-01' },
      ...{ authorization: 'secret', cookie: 'c', host: 'h', 'content-length': '3' },
    });
    await world.deliver({ headers, deadLetterSink: { url: DLS } });
    expect(world.sent[0]!.message.headers).toEqual({
      ...{ 'x-request-id': 'r1', 'knative-foo': 'a', 'x-b3-traceid': 't', traceparent: '00-1-2-01' },
      ...{ 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/shop', 'ce-type': 'order.created' },
      ...{ 'content-type': 'application/json', prefer: 'reply', 'kn-namespace': 'default' },
    });
  });
});

describe('a reply', () => {
  test('goes to where replies go, with the same patience', async () => {
    const world = new World({ [SUBSCRIBER]: [reply()], [REPLY]: [503, 202] });
    expect(await world.deliver({ reply: { url: REPLY } }, { retry: 1 })).toMatchObject({ kind: 'delivered' });
    expect(world.times(REPLY)).toHaveLength(2);
    const { headers } = world.sent.at(-1)!.message;
    expect(headers).toMatchObject({ 'ce-type': 'order.fulfilled' });
    expect(headers).not.toHaveProperty('prefer');
  });

  test('takes along the headers of the answer that it came with, and the trace; not those of the event that it answers', async () => {
    const world = new World({ [SUBSCRIBER]: [reply({ 'knative-b': 'answer', 'x-request-id': 'r2', 'set-cookie': ['x'] })] });
    const headers = { 'knative-a': 'event', 'x-request-id': 'r1', traceparent: '00-1-2-01', 'x-b3-traceid': 't' };
    await world.deliver({ reply: { url: REPLY }, headers });
    expect(world.sent.at(-1)!.message.headers).toEqual({
      ...{ 'ce-specversion': '1.0', 'ce-id': 'r', 'ce-source': '/fulfil', 'ce-type': 'order.fulfilled' },
      ...{ 'knative-b': 'answer', 'x-request-id': 'r2', traceparent: '00-1-2-01', 'x-b3-traceid': 't' },
      'kn-namespace': 'default',
    });
  });

  test('of a channel that is no valid event fails without another attempt if it was to go somewhere, and is ignored if not', async () => {
    const answers = { [SUBSCRIBER]: [reply({ 'ce-id': '' })] };
    const wanted = new World(answers);
    const result = await wanted.deliver(
      { replies: 'lenient', reply: { url: REPLY }, deadLetterSink: { url: DLS } },
      { retry: 3 },
    );
    expect(result).toMatchObject({ kind: 'deadLettered', failed: 'subscriber', status: 502 });
    expect(wanted.sent.map(({ url }) => url)).toEqual([SUBSCRIBER, DLS]);
    const unwanted = new World(answers);
    expect(await unwanted.deliver({ replies: 'lenient' }, { retry: 3 })).toEqual({ kind: 'delivered' });
    expect(unwanted.sent[0]!.message.headers).toMatchObject({ prefer: 'reply' });
  });

  test('in an answer of any 2xx is sent on, 202 too, as upstream does', async () => {
    const world = new World({ [SUBSCRIBER]: [{ ...reply(), status: 202 }] });
    await world.deliver({ reply: { url: REPLY } });
    expect(world.times(REPLY)).toHaveLength(1);
  });

  test('that nobody wants is dropped', async () => {
    const world = new World({ [SUBSCRIBER]: [reply()] });
    expect(await world.deliver()).toMatchObject({ kind: 'delivered', reply: { attributes: { id: 'r' } } });
    expect(world.sent).toHaveLength(1);
  });

  test('that cannot be delivered sends the original event to the dead letters, naming where the reply should have gone', async () => {
    const world = new World({ [SUBSCRIBER]: [reply()], [REPLY]: [400] });
    const result = await world.deliver({ reply: { url: REPLY }, deadLetterSink: { url: DLS } });
    expect(result).toEqual({ kind: 'deadLettered', failed: 'reply', url: REPLY, status: 400, reason: 'HTTP 400' });
    expect(world.sent.at(-1)!.message.headers).toMatchObject({
      ...{ 'ce-type': 'order.created', 'ce-knativeerrordest': REPLY, 'ce-knativeerrorcode': '400' },
    });
  });

  test('of a trigger that is no event is a failure, that of a channel is ignored', async () => {
    const answer = { headers: { 'content-type': 'text/plain' }, body: Buffer.from('ok') };
    const broker = new World({ [SUBSCRIBER]: [answer] });
    expect(await broker.deliver({}, { retry: 1 })).toMatchObject({
      kind: 'dropped',
      status: 502,
      reason: 'the reply is no CloudEvent',
    });
    expect(broker.sent).toHaveLength(2);
    const channel = new World({ [SUBSCRIBER]: [answer] });
    expect(await channel.deliver({ replies: 'lenient' })).toEqual({ kind: 'delivered' });
  });

  test.each([
    ['an event without id', reply({ 'ce-id': '' }), 'the reply is no valid CloudEvent: id: MUST be a non-empty string'],
    [
      'half of JSON',
      { headers: { 'content-type': 'application/cloudevents+json' }, body: Buffer.from('{') },
      'the body is not JSON',
    ],
    ['too large', { ...reply({}, 'x'), truncated: true }, 'the reply is too large'],
  ])('that is %s is a failure', async (_name, answer, reason) => {
    const world = new World({ [SUBSCRIBER]: [answer] });
    const result = await world.deliver();
    expect(result).toMatchObject({ kind: 'dropped', status: 502 });
    expect((result as { reason: string }).reason).toContain(reason);
  });
});

describe('a dead letter', () => {
  test('is the event with the error in three extensions', async () => {
    const world = new World({ [SUBSCRIBER]: [{ status: 422, body: Buffer.from('no such customer') }] });
    expect(await world.deliver({ deadLetterSink: { url: DLS } })).toEqual({ ...failure(422), kind: 'deadLettered' });
    const { headers, body } = world.sent.at(-1)!.message;
    expect(headers).toMatchObject({
      ...{ 'ce-id': '1', 'ce-knativeerrordest': SUBSCRIBER, 'ce-knativeerrorcode': '422' },
      'ce-knativeerrordata': Buffer.from('no such customer').toString('base64'),
    });
    expect(headers).not.toHaveProperty('prefer');
    expect(body).toEqual(EVENT.data);
  });

  test('tells no password of the URL that failed', async () => {
    const url = 'http://ann:hunter2@shop.example.com/in?x=1&token=abc';
    const world = new World({ [url]: [400] });
    await world.deliver({ subscriber: { url }, deadLetterSink: { url: DLS } });
    const dest = world.sent.at(-1)!.message.headers['ce-knativeerrordest'];
    expect(dest).toContain('shop.example.com/in?x=1');
    expect(dest).not.toMatch(/hunter2|abc/);
  });

  test('says what went wrong where there was no answer', async () => {
    const world = new World({ [SUBSCRIBER]: [new Error('connect ECONNREFUSED')] });
    await world.deliver({ deadLetterSink: { url: DLS } });
    expect(world.sent.at(-1)!.message.headers).toMatchObject({
      'ce-knativeerrorcode': '500',
      'ce-knativeerrordata': Buffer.from('dispatch error: connect ECONNREFUSED').toString('base64'),
    });
  });

  test.each([
    ['of its own namespace', SUBSCRIBER, DLS, true],
    [
      'of a broker of its own namespace',
      SUBSCRIBER,
      'http://broker-ingress.knative-eventing.svc.cluster.local/default/dead',
      true,
    ],
    ['of another namespace', SUBSCRIBER, 'http://dead.ops.svc.cluster.local', false],
    ['of a broker of another namespace', SUBSCRIBER, 'http://broker-ingress.knative-eventing.svc.cluster.local/ops/dead', false],
    ['outside, for an answer of its own namespace', SUBSCRIBER, 'https://dead.example.com', true],
    ['outside, for an answer of another namespace', 'http://secret.ops.svc', 'https://dead.example.com', false],
    ['for an answer from outside', 'https://shop.example.com', 'http://dead.ops.svc.cluster.local', true],
  ])('%s shows an answer that it may read: %s to %s', async (_name, subscriber, sink, shown) => {
    const world = new World({ [subscriber]: [{ status: 400, body: Buffer.from('secret') }] });
    await world.deliver({ subscriber: { url: subscriber }, deadLetterSink: { url: sink } });
    expect(world.sent.at(-1)!.url).toBe(sink);
    expect('ce-knativeerrordata' in world.sent.at(-1)!.message.headers).toBe(shown);
  });

  test('carries at most 1024 characters of the answer', async () => {
    const world = new World({ [SUBSCRIBER]: [{ status: 400, body: Buffer.alloc(5000, 'x') }] });
    await world.deliver({ deadLetterSink: { url: DLS } });
    expect(world.sent.at(-1)!.message.headers['ce-knativeerrordata']).toHaveLength(1024);
  });

  test('is sent with the same patience, and dropped when that is over', async () => {
    const world = new World({ [SUBSCRIBER]: [400], [DLS]: [503] });
    const result = await world.deliver(
      { deadLetterSink: { url: DLS } },
      { retry: 2, backoffPolicy: 'exponential', backoffDelayMs: 100 },
    );
    expect(result).toEqual({ kind: 'dropped', failed: 'deadLetterSink', url: DLS, status: 503, reason: 'HTTP 503' });
    expect(world.times(DLS)).toEqual([0, 100, 300]);
  });

  test('has every attempt before it told', async () => {
    const world = new World({ [SUBSCRIBER]: [503], [DLS]: [202] });
    await world.deliver({ deadLetterSink: { url: DLS } }, { retry: 1, backoffPolicy: 'exponential', backoffDelayMs: 100 });
    expect(world.attempts.map(({ role, attempt, outcome, retryInMs }) => [role, attempt, outcome.kind, retryInMs])).toEqual([
      ['subscriber', 1, 'failed', 100],
      ['subscriber', 2, 'failed', undefined],
      ['deadLetterSink', 1, 'delivered', undefined],
    ]);
  });
});

describe('a delivery that is broken off', () => {
  const delivery: Delivery = {
    ...{ event: EVENT, namespace: 'default', subscriber: { url: SUBSCRIBER }, replies: 'event', headers: {} },
    policy: { retry: 1, backoffPolicy: 'exponential', backoffDelayMs: 1000 },
  };

  test.each(['now', 'between'] as const)('%s ends while it waits for the next attempt', async (when) => {
    const world = new World({ [SUBSCRIBER]: [503] });
    const aborting = new AbortController();
    const deliverer = new Deliverer({ clock: world.clock, sender: world });
    const result = deliverer.deliver(delivery, () => {}, { [when]: aborting.signal });
    const rejected = expect(result).rejects.toThrow('stopping');
    await world.clock.advance(10);
    aborting.abort(new Error('stopping'));
    await rejected;
    expect(world.sent).toHaveLength(1);
  });

  test('between attempts lets the one under way come to its end', async () => {
    const aborting = new AbortController();
    const world = new World({});
    const sender = {
      send: async (...args: Parameters<World['send']>) => {
        aborting.abort(new Error('stopping'));
        return world.send(...args);
      },
    };
    const deliverer = new Deliverer({ clock: world.clock, sender });
    expect(await deliverer.deliver(delivery, () => {}, { between: aborting.signal })).toEqual({ kind: 'delivered' });
    aborting.abort();
  });
});
