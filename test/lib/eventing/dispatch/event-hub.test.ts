import { CountingExecutor, seededRandom, VirtualClock } from '../../../../lib/base';
import {
  type CloudEvent,
  type ConsumerSpec,
  Deliverer,
  type Destination,
  EventHub,
  EventLog,
  type EventMessage,
  Journal,
  type Retention,
  type SendOptions,
  type SinkResponse,
  StoreStorage,
} from '../../../../lib/eventing';
import { MemoryStore } from '../../../../lib/local/store';

const SINK = { url: 'http://sink.default.svc' };
const spec = (more: Partial<ConsumerSpec> = {}): ConsumerSpec => ({
  subscriber: SINK,
  policy: {},
  namespace: 'default',
  ...more,
});
const event = (id: number | string, more: Record<string, string | number> = {}, data?: unknown): CloudEvent => ({
  attributes: { specversion: '1.0', id: String(id), source: '/s', type: 't', ...more },
  data: data === undefined ? undefined : Buffer.from(JSON.stringify(data)),
});

/** A hub in virtual time. Receivers take `latency` milliseconds and answer what `answer` says. */
class World {
  readonly errors: unknown[] = [];
  readonly executor = new CountingExecutor((error) => this.errors.push(error));
  readonly clock = new VirtualClock(this.executor);
  readonly journal = new Journal(this.clock);
  readonly store = new MemoryStore();
  readonly received: {
    readonly at: number;
    readonly id: string;
    readonly url: string;
    readonly headers: Record<string, string>;
  }[] = [];
  readonly #start = this.clock.now();
  inFlight = 0;
  most = 0;
  latency = 10;
  answer: (id: string, url: string) => Partial<SinkResponse> | Promise<Partial<SinkResponse>> = () => ({ status: 202 });
  hub: EventHub;

  constructor(
    readonly kind: 'broker' | 'channel' = 'channel',
    private readonly retention: Retention = { ageMs: 60_000 },
  ) {
    this.hub = this.open();
  }

  open(): EventHub {
    const { clock, executor, journal, store, kind, retention } = this;
    const log = new EventLog({ clock, storage: new StoreStorage(store, 'events/default/orders'), retention });
    const deliverer = new Deliverer({ clock, sender: this });
    const random = seededRandom(1);
    this.hub = new EventHub({ name: `${kind}/default/orders`, kind, log, journal, deliverer, clock, executor, random });
    return this.hub;
  }

  readonly send = async ({ url }: Destination, { headers }: EventMessage, { signal }: SendOptions): Promise<SinkResponse> => {
    const id = headers['ce-id']!;
    this.received.push({ at: this.clock.now() - this.#start, id, url, headers: { ...headers } });
    this.most = Math.max(this.most, ++this.inFlight);
    try {
      await this.clock.sleep(this.latency, signal);
      return { status: 200, headers: {}, body: Buffer.alloc(0), ...(await this.answer(id, url)) };
    } finally {
      this.inFlight--;
    }
  };

  async publish(...events: CloudEvent[]): Promise<void> {
    for (const one of events) await this.hub.publish(one, {});
  }

  get ids(): string[] {
    return this.received.map(({ id }) => id);
  }

  story(id: string): string[] {
    return this.journal
      .entries({ event: id })
      .map((entry) => ('consumer' in entry ? `${entry.kind} ${entry.consumer}` : entry.kind));
  }
}

describe('a channel', () => {
  test('gives every event to every subscription, and tells the path of each', async () => {
    const world = new World();
    world.hub.set('a', spec());
    world.hub.set('b', spec({ subscriber: { url: 'http://b' } }));
    await world.publish(event(1, {}, { secret: 'x' }));
    await world.clock.advance(100);
    expect(world.received.map(({ url }) => url)).toEqual([SINK.url, 'http://b']);
    expect(world.story('1')).toEqual(['arrived', 'attempt a', 'delivered a', 'attempt b', 'delivered b']);
    expect(JSON.stringify(world.journal.entries())).not.toContain('secret');
    expect([world.hub.backlog('a'), world.errors]).toEqual([0, []]);
  });

  test('has no more events on their way than a subscription can take', async () => {
    const world = new World();
    world.hub.set('a', spec({ concurrency: 3 }));
    await world.publish(...Array.from({ length: 10 }, (_, i) => event(i)));
    await world.clock.advance(1000);
    expect([world.ids.length, world.most]).toEqual([10, 3]);
  });

  test('keeps the order of events of one key, and lets other keys pass a slow one', async () => {
    const world = new World();
    let failures = 2;
    world.answer = (id) => ({ status: id === 'x1' && failures-- > 0 ? 503 : 202 });
    world.hub.set('a', spec({ orderBy: 'subject', policy: { retry: 5, backoffPolicy: 'exponential', backoffDelayMs: 100 } }));
    await world.publish(
      event('x1', { subject: 'x' }),
      event('x2', { subject: 'x' }),
      event('y1', { subject: 'y' }),
      event('n1'),
      event('y2', { subject: 'y' }),
    );
    await world.clock.advance(10_000);
    expect(world.ids.filter((id) => id.startsWith('x'))).toEqual(['x1', 'x1', 'x1', 'x2']);
    expect(world.ids.indexOf('y2')).toBeLessThan(world.ids.indexOf('x2'));
    expect(world.ids.indexOf('y1')).toBeLessThan(world.ids.indexOf('y2'));
  });

  test('keeps the order of events that have a field of their data in common', async () => {
    const world = new World();
    let failures = 2;
    world.answer = (id) => ({ status: id === 'x1' && failures-- > 0 ? 503 : 202 });
    const policy = { retry: 5, backoffPolicy: 'exponential', backoffDelayMs: 100 } as const;
    world.hub.set('a', spec({ orderBy: 'data.order.id', policy }));
    const json = { datacontenttype: 'application/json' };
    const of = (name: string, id: unknown) => event(name, json, { order: { id } });
    await world.publish(of('x1', 7), of('x2', 7), of('y1', 'other'), event('n1', json, {}), event('n2'), of('x3', 7));
    await world.clock.advance(10_000);
    expect(world.ids.filter((id) => id.startsWith('x'))).toEqual(['x1', 'x1', 'x1', 'x2', 'x3']);
    expect(world.ids.slice(0, 3)).toEqual(['x1', 'y1', 'n1']);
    expect(world.ids.indexOf('n2')).toBeLessThan(world.ids.indexOf('x2'));
    expect(world.most).toBe(3);
  });

  test('goes by another key once its subscription says so, also for events that wait already', async () => {
    const world = new World();
    world.hub.set('a', spec({ orderBy: 'data.n', concurrency: 4 }));
    const json = { datacontenttype: 'application/json' };
    await world.publish(...['a1', 'a2', 'a3'].map((id) => event(id, { ...json, subject: id }, { n: 1 })));
    await world.clock.advance(1);
    expect(world.ids).toEqual(['a1']);
    world.hub.set('a', spec({ orderBy: 'subject', concurrency: 4 }));
    await world.clock.advance(1);
    expect(world.ids).toEqual(['a1', 'a2', 'a3']);
  });

  test('holds events back while a subscription is paused or its subscriber is not known', async () => {
    const world = new World();
    world.hub.set('a', spec({ paused: true }));
    world.hub.set('b', spec({ subscriber: undefined }));
    await world.publish(event(1));
    await world.clock.advance(60_000);
    expect([world.ids, world.hub.backlog('a'), world.hub.backlog('b')]).toEqual([[], 1, 1]);
    world.hub.set('a', spec());
    world.hub.set('b', spec());
    await world.clock.advance(100);
    expect(world.ids).toEqual(['1', '1']);
  });

  test('sends what is on its way to a subscription that is made anew once, and keeps its order', async () => {
    const world = new World();
    const ordered = spec({ orderBy: 'subject' });
    world.hub.set('a', ordered);
    await world.publish(event('x1', { subject: 'x' }), event('x2', { subject: 'x' }));
    await world.clock.advance(1);
    world.hub.remove('a');
    await world.publish(event('x3', { subject: 'x' }));
    world.hub.set('a', ordered);
    await world.clock.advance(5);
    expect(world.ids).toEqual(['x1']);
    await world.clock.advance(1000);
    expect([world.ids, world.most, world.hub.backlog('a')]).toEqual([['x1', 'x2', 'x3'], 1, 0]);
  });

  test.each([
    ['one', spec({ orderBy: 'subject' })],
    ['one that drops duplicates', spec({ orderBy: 'subject', dedupe: { by: ['id'], windowMs: 1000, maxKeys: 10 } })],
  ])('sends what is on its way to %s that is renamed once, and keeps its order', async (_, ordered) => {
    const world = new World();
    world.hub.set('a', ordered);
    await world.publish(event('x1', { subject: 'x' }), event('x2', { subject: 'x' }), event('y1', { subject: 'y' }));
    await world.clock.advance(1);
    world.hub.rename('a', 'b');
    world.hub.set('b', ordered);
    await world.clock.advance(5);
    expect([world.ids, world.inFlight]).toEqual([['x1', 'y1'], 2]);
    await world.clock.advance(1000);
    expect([world.ids, world.hub.backlog('b'), world.hub.idle]).toEqual([['x1', 'y1', 'x2'], 0, true]);
    expect(['x1', 'y1'].map((id) => world.story(id).at(-1))).toEqual(['delivered b', 'delivered b']);
    world.hub.stop();
    world.open().set('b', ordered);
    await world.clock.advance(1000);
    expect([world.ids.length, world.errors]).toEqual([3, []]);
  });

  test('sends again what fails after its subscription was renamed', async () => {
    const world = new World();
    let failures = 1;
    world.answer = () => ({ status: failures-- > 0 ? 503 : 202 });
    const retrying = spec({ policy: { retry: 1, backoffPolicy: 'exponential', backoffDelayMs: 100 } });
    world.hub.set('a', retrying);
    await world.publish(event(1));
    await world.clock.advance(1);
    world.hub.rename('a', 'b');
    world.hub.set('b', retrying);
    await world.clock.advance(1000);
    expect([world.ids, world.story('1').at(-1)]).toEqual([['1', '1'], 'delivered b']);
  });

  test('sends again what failed while a subscription was made anew, with all its attempts', async () => {
    const world = new World();
    let failures = 2;
    world.answer = () => ({ status: failures-- > 0 ? 503 : 202 });
    const retrying = spec({ policy: { retry: 1, backoffPolicy: 'exponential', backoffDelayMs: 100 } });
    world.hub.set('a', retrying);
    await world.publish(event(1));
    await world.clock.advance(1);
    world.hub.remove('a');
    world.hub.set('a', retrying);
    await world.clock.advance(1000);
    expect([world.ids, world.story('1').at(-1)]).toEqual([['1', '1', '1'], 'delivered a']);
  });

  test('sends no more events a second than a subscription says', async () => {
    const world = new World();
    world.hub.set('a', spec({ ratePerSecond: 4 }));
    await world.publish(...Array.from({ length: 5 }, (_, i) => event(i)));
    await world.clock.advance(10_000);
    expect(world.received.map(({ at }) => at)).toEqual([0, 250, 500, 750, 1000]);
  });

  test('goes on where a subscription of the same name was', async () => {
    const world = new World();
    world.hub.set('a', spec());
    await world.publish(event(1));
    await world.clock.advance(100);
    world.hub.remove('a');
    await world.publish(event(2));
    await world.clock.advance(100);
    world.hub.set('a', spec());
    await world.publish(event(3));
    await world.clock.advance(100);
    expect(world.ids).toEqual(['1', '2', '3']);
  });

  test('does not try again for a subscription that is gone, and does when it is back', async () => {
    const world = new World();
    world.answer = () => ({ status: 503 });
    const patient = spec({ policy: { retry: 10, backoffPolicy: 'exponential', backoffDelayMs: 1000 } });
    world.hub.set('a', patient);
    await world.publish(event(1));
    await world.clock.advance(500);
    world.hub.remove('a');
    await world.clock.advance(60_000);
    expect(world.ids).toEqual(['1']);
    world.answer = () => ({ status: 202 });
    world.hub.set('a', patient);
    await world.clock.advance(100);
    expect([world.ids, world.hub.backlog('a'), world.errors]).toEqual([['1', '1'], 0, []]);
  });

  test('delivers again what was on its way when the process ended', async () => {
    const world = new World();
    world.hub.set('a', spec());
    await world.publish(event(1), event(2));
    await world.clock.advance(5);
    world.hub.stop();
    await world.clock.advance(1000);
    world.open().set('a', spec());
    await world.clock.advance(100);
    expect(world.ids).toEqual(['1', '2', '1', '2']);
    expect(world.hub.backlog('a')).toBe(0);
    expect(world.story('1')).toEqual(['arrived', 'attempt a', 'delivered a']);
  });

  test('replays what it still has to one subscription', async () => {
    const world = new World();
    world.hub.set('a', spec());
    world.hub.set('b', spec());
    await world.publish(event(1), event(2));
    await world.clock.advance(100);
    expect(world.hub.replay('a', spec(), { offset: 1 })).toBe(1);
    await world.clock.advance(100);
    expect(world.ids).toEqual(['1', '1', '2', '2', '2']);
  });
});

describe('a broker', () => {
  test('gives events to the triggers that match, over attributes and over data', async () => {
    const world = new World('broker');
    world.hub.set(
      'big',
      spec({ subscriber: { url: 'http://big' }, filters: [{ exact: { type: 'order' } }, { data: 'amount > 100' }] }),
    );
    world.hub.set('all', spec({ subscriber: { url: 'http://all' }, filters: [{ prefix: { type: 'o' } }] }));
    await world.publish(
      event(1, { type: 'order' }, { amount: 120 }),
      event(2, { type: 'order' }, { amount: 7 }),
      event(3, { type: 'x' }),
    );
    await world.clock.advance(100);
    expect(world.received.map(({ id, url }) => `${id} ${url}`).sort()).toEqual(['1 http://all', '1 http://big', '2 http://all']);
    expect(world.journal.entries({ event: '3' })).toMatchObject([{ kind: 'arrived', consumers: [] }]);
  });

  test('says in the journal when a filter cannot be evaluated', async () => {
    const world = new World('broker');
    world.hub.set('a', spec({ filters: [{ cesql: 'region = 1' }] }));
    await world.publish(event(1));
    expect(world.journal.entries({ kind: 'filterFailed' })).toMatchObject([
      { consumer: 'a', expression: 'region = 1', reason: 'the event has no attribute region', event: { id: '1' } },
    ]);
    expect(world.ids).toEqual([]);
  });

  test('says when an event came, keeps its count of passes to itself, and hands it on to replies', async () => {
    const world = new World('broker');
    const reply = { 'ce-specversion': '1.0', 'ce-id': 'r', 'ce-source': '/r', 'ce-type': 'reply' };
    world.answer = (_id, url) => (url === SINK.url ? { headers: reply } : { status: 202 });
    world.hub.set('a', spec({ replies: 'event', reply: { url: 'http://broker' } }));
    await world.hub.publish(event(1, { knativebrokerttl: 7 }), {});
    await world.clock.advance(100);
    const [first, second] = world.received;
    expect(first!.headers).not.toHaveProperty('ce-knativebrokerttl');
    expect(first!.headers['ce-knativearrivaltime']).toBe('2026-01-01T00%3A00%3A00.000Z'.replaceAll('%3A', ':'));
    expect(second!.headers).toMatchObject({ 'ce-id': 'r', 'ce-knativebrokerttl': '6' });
    expect(second!.headers['traceparent']).toBe(first!.headers['traceparent']);
  });

  test('takes no event that has passed brokers too often', async () => {
    const world = new World('broker');
    await expect(world.hub.publish(event(1, { knativebrokerttl: 1 }), {})).rejects.toMatchObject({ status: 400 });
    expect(world.story('1')).toEqual(['refused']);
  });

  test('takes no event when it is full', async () => {
    const world = new World('broker', { capacity: 500 });
    world.hub.set('a', spec({ paused: true }));
    await world.publish(event(1));
    await expect(world.publish(event(2, {}, 'x'.repeat(500)))).rejects.toThrow('the log holds its 500 bytes');
    expect(world.journal.entries({ event: '2' })).toMatchObject([{ kind: 'refused', status: 503 }]);
  });
});
