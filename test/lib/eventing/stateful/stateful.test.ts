import { event, idOf, LETTERS, SINK, StatefulWorld, spec } from './world';

const dedupe = { by: ['id'], windowMs: 60_000 };
const batch = { max: 3, withinMs: 5000 };
const join = { by: ['orderid'], types: ['paid', 'packed'], withinMs: 60_000, type: 'ready', source: '/joins' };
const paid = (id: string, orderid: string) => event(id, { type: 'paid', orderid }, { id });
const packed = (id: string, orderid: string) => event(id, { type: 'packed', orderid });

describe('dedupe', () => {
  test('drops what came before within the window, and says of what it is a duplicate', async () => {
    const world = new StatefulWorld();
    world.hub.set('a', spec({ dedupe }));
    await world.publish(event('1'), event('1'), event('2'));
    await world.clock.advance(59_999);
    await world.publish(event('1'));
    await world.clock.advance(1);
    await world.publish(event('1'));
    expect(world.requests).toEqual([['1'], ['2'], ['1']]);
    expect(world.journal.entries({ kind: 'duplicate' })).toMatchObject([
      { consumer: 'a', key: '1', event: { id: '1' } },
      { consumer: 'a', key: '1', event: { id: '1' } },
    ]);
    expect(world.story('2')).toEqual(['arrived', 'attempt', 'delivered']);
    expect([world.hub.backlog('a'), world.errors]).toEqual([0, []]);
  });

  test('goes by source and id, or by fields of the data; events without them pass', async () => {
    const world = new StatefulWorld();
    world.hub.set('a', spec({ dedupe: { by: ['source', 'data.order.id'], windowMs: 60_000 } }));
    await world.publish(
      event('1', {}, { order: { id: 7 } }),
      event('2', {}, { order: { id: 7 } }),
      event('3', { source: '/other' }, { order: { id: 7 } }),
      event('4', {}, { order: {} }),
      event('5', {}, { order: {} }),
      event('6'),
    );
    expect(world.requests.flat()).toEqual(['1', '3', '4', '5', '6']);
  });

  test('tells large numbers by all of their digits, and lets what is blank through', async () => {
    const world = new StatefulWorld();
    world.hub.set('a', spec({ dedupe: { by: ['data.order.id'], windowMs: 60_000 } }));
    const of = (id: string, number: string) => ({ ...event(id), data: Buffer.from(`{"order": {"id": ${number} }}`) });
    await world.publish(of('1', '12345678901234567890'), of('2', '12345678901234567891'), of('3', '12345678901234567890'));
    await world.publish(of('4', '" "'), of('5', '" "'), of('6', '{}'), of('7', '{}'));
    expect(world.requests.flat()).toEqual(['1', '2', '4', '5', '6', '7']);
  });

  test('remembers over a kill, also what was delivered', async () => {
    const world = new StatefulWorld();
    world.hub.set('a', spec({ dedupe }));
    await world.publish(event('1'));
    world.reopen();
    world.hub.set('a', spec({ dedupe }));
    await world.publish(event('1'), event('2'));
    expect(world.requests).toEqual([['1'], ['2']]);
  });

  test('remembers over a time without the trigger', async () => {
    for (const store of [undefined, new StatefulWorld()] as const) {
      const world = store ?? new StatefulWorld('channel', undefined);
      world.hub.set('a', spec({ dedupe }));
      await world.publish(event('1'));
      world.hub.remove('a');
      await world.publish(event('1'), event('3'));
      world.hub.set('a', spec({ dedupe }));
      await world.publish(event('1'), event('2'));
      expect(world.requests).toEqual([['1'], ['3'], ['2']]);
    }
  });

  test('lets the next one count when the first was lost, but not when it became a dead letter', async () => {
    for (const deadLetterSink of [undefined, LETTERS]) {
      const world = new StatefulWorld();
      world.answer = ({ url }) => ({ status: url === SINK.url ? 400 : 202 });
      world.hub.set('a', spec({ dedupe, ...(deadLetterSink ? { deadLetterSink } : {}) }));
      await world.publish(event('1'));
      await world.publish(event('1'));
      expect(world.requests).toEqual(deadLetterSink ? [['1']] : [['1'], ['1']]);
    }
  });

  test('forgets the oldest key when it knows too many: twice rather than never', async () => {
    const world = new StatefulWorld();
    world.hub.set('a', spec({ dedupe: { ...dedupe, maxKeys: 2 } }));
    await world.publish(event('1'), event('2'), event('3'), event('1'), event('3'));
    expect(world.requests.flat()).toEqual(['1', '2', '3', '1']);
    expect(world.journal.entries({ kind: 'crowded' })).toMatchObject([{ event: { id: '3' } }, { event: { id: '1' } }]);
  });

  test('decides the same when events are replayed', async () => {
    const world = new StatefulWorld();
    world.hub.set('a', spec({ dedupe }));
    await world.publish(event('1'), event('1'), event('2'));
    expect(world.hub.replay('a', spec({ dedupe }), { offset: 0 })).toBe(3);
    await world.clock.advance(0);
    expect(world.requests).toEqual([['1'], ['2'], ['1'], ['2']]);
  });
});

describe('batch', () => {
  test('sends events as a batch of CloudEvents when there are enough, or when the first has waited long enough', async () => {
    const world = new StatefulWorld('broker');
    world.hub.set('a', spec({ batch }));
    await world.publish(event('1', {}, { n: 1 }), event('2'), event('3'), event('4'));
    expect(world.requests).toEqual([['1', '2', '3']]);
    expect(world.got[0]!.headers['content-type']).toMatch('application/cloudevents-batch+json');
    expect(world.got[0]!.events[0]!.data?.toString()).toBe('{"n":1}');
    expect(world.got[0]!.events[0]!.attributes).not.toHaveProperty('knativebrokerttl');
    await world.clock.advance(4999);
    expect(world.requests).toHaveLength(1);
    await world.clock.advance(1);
    expect(world.requests).toEqual([['1', '2', '3'], ['4']]);
    expect(world.journal.entries({ event: '2' })).toMatchObject([
      { kind: 'arrived' },
      { kind: 'held', as: 'batch', count: 2, of: 3 },
      { kind: 'attempt', status: 202 },
      { kind: 'delivered', together: 3 },
    ]);
    expect([world.hub.backlog('a'), world.errors]).toEqual([0, []]);
  });

  test('keeps its time over a kill, and loses nothing of an open batch', async () => {
    const world = new StatefulWorld();
    world.hub.set('a', spec({ batch }));
    await world.publish(event('1'), event('2'));
    await world.clock.advance(4000);
    world.reopen();
    world.hub.set('a', spec({ batch }));
    await world.clock.advance(999);
    expect(world.requests).toEqual([]);
    await world.clock.advance(1);
    expect(world.requests).toEqual([['1', '2']]);
  });

  test('is tried again whole, and its events become dead letters one by one', async () => {
    const world = new StatefulWorld();
    world.answer = ({ url, events }) => ({ status: url === SINK.url ? 500 : idOf(events[0]!) === '2' ? 400 : 202 });
    world.hub.set('a', spec({ batch, policy: { retry: 1 }, deadLetterSink: LETTERS }));
    await world.publish(event('1'), event('2'), event('3'));
    expect(world.requests).toEqual([
      ['1', '2', '3'],
      ['1', '2', '3'],
    ]);
    expect(world.letters).toEqual(['1', '2', '3']);
    const letter = world.got.at(-1)!.events[0]!.attributes;
    expect(letter).toMatchObject({ knativeerrorcode: '500', knativeerrordest: SINK.url });
    const ends = ['1', '2', '3'].map((id) => world.journal.entries({ event: id }).at(-1));
    expect(ends).toMatchObject([
      { kind: 'deadLettered', reason: 'HTTP 500' },
      { kind: 'dropped', reason: 'HTTP 400' },
      { kind: 'deadLettered', reason: 'HTTP 500' },
    ]);
  });

  test('has events of one key only where there is an order, one batch after the other', async () => {
    const world = new StatefulWorld();
    world.latency = 100;
    world.hub.set('a', spec({ batch, orderBy: 'subject' }));
    const of = (subject: string, ...ids: string[]) => ids.map((id) => event(id, { subject }));
    await world.publish(...of('x', 'x1', 'x2', 'x3', 'x4', 'x5', 'x6'), ...of('y', 'y1', 'y2', 'y3'));
    await world.clock.advance(99);
    expect(world.requests).toEqual([
      ['x1', 'x2', 'x3'],
      ['y1', 'y2', 'y3'],
    ]);
    await world.clock.advance(1);
    expect(world.requests[2]).toEqual(['x4', 'x5', 'x6']);
  });

  test('fills up while paused, and leaves at the rate that is asked for', async () => {
    const world = new StatefulWorld();
    world.hub.set('a', spec({ batch, paused: true }));
    await world.publish(...Array.from({ length: 7 }, (_, i) => event(String(i))));
    await world.clock.advance(60_000);
    expect(world.requests).toEqual([]);
    world.hub.set('a', spec({ batch, ratePerSecond: 1 }));
    await world.clock.advance(500);
    expect(world.requests).toEqual([['0', '1', '2']]);
    await world.clock.advance(2000);
    expect(world.requests).toEqual([['0', '1', '2'], ['3', '4', '5'], ['6']]);
  });

  test('is closed at 1 MiB, too', async () => {
    const world = new StatefulWorld();
    const large = 'x'.repeat(600_000);
    world.hub.set('a', spec({ batch: { max: 100, withinMs: 60_000 } }));
    await world.publish(event('1', {}, large), event('2', {}, large), event('3'));
    expect(world.requests).toEqual([['1']]);
  });

  test('takes over what is on its way when it is asked for, and hands it back', async () => {
    const world = new StatefulWorld();
    world.latency = 1000;
    world.hub.set('a', spec());
    await world.publish(event('1'));
    world.hub.set('a', spec({ batch }));
    await world.publish(event('2'), event('3'));
    await world.clock.advance(10_000);
    expect(world.requests).toEqual([['1'], ['2', '3']]);
    world.hub.set('a', spec());
    await world.publish(event('4'));
    await world.clock.advance(1000);
    expect(world.requests.at(-1)).toEqual(['4']);
    expect(world.got.at(-1)!.headers).toHaveProperty('ce-id', '4');
  });
});

describe('join', () => {
  test('makes one event of one of each type with the same key', async () => {
    const world = new StatefulWorld('broker');
    world.hub.set('a', spec({ join }));
    await world.publish(paid('p1', '42'), packed('k2', '43'), packed('k1', '42'));
    expect(world.got).toHaveLength(1);
    const [{ attributes, data }] = world.got[0]!.events as [ReturnType<typeof event>];
    expect(attributes).toMatchObject({
      ...{ type: 'ready', source: '/joins', subject: '42', orderid: '42' },
      ...{ datacontenttype: 'application/json', id: expect.stringMatching(/^[0-9a-f]{32}$/) },
    });
    const members = JSON.parse(data!.toString());
    expect(members).toMatchObject({ paid: { id: 'p1', data: { id: 'p1' } }, packed: { id: 'k1' } });
    expect(members.paid).not.toHaveProperty('knativebrokerttl');
    expect(world.journal.entries({ event: 'p1' })).toMatchObject([
      { kind: 'arrived' },
      { kind: 'held', as: 'join', count: 1, of: 2, key: '42', missing: ['packed'] },
      { kind: 'joined', with: ['k1'], as: attributes['id'] },
      { kind: 'attempt' },
      { kind: 'delivered', together: 2 },
    ]);
    expect(world.journal.entries({ event: String(attributes['id']) })).toMatchObject([{ kind: 'joined', with: ['p1', 'k1'] }]);
    expect(world.hub.backlog('a')).toBe(1);
  });

  test('leaves data as it was written, and names the key as an attribute can', async () => {
    const world = new StatefulWorld();
    world.hub.set('a', spec({ join: { ...join, by: ['data.key'] } }));
    const body = Buffer.from('{"key":"a\\nb\\ud800","n":12345678901234567890}');
    await world.publish({ ...paid('p1', '1'), data: body }, { ...packed('k1', '1'), data: body });
    expect(world.got[0]!.events[0]!.attributes['subject']).toBe('a\ufffdb\ufffd');
    expect(world.got[0]!.events[0]!.data!.toString()).toContain('"n":12345678901234567890');
  });

  test('has the same id when it is delivered once more after a kill, and joins nothing twice', async () => {
    const world = new StatefulWorld();
    world.answer = () => ({ status: 503 });
    const patient = spec({ join, policy: { retry: 1, backoffPolicy: 'exponential', backoffDelayMs: 10_000 } });
    world.hub.set('a', patient);
    await world.publish(paid('p1', '42'), paid('p2', '42'), packed('k1', '42'));
    world.reopen();
    world.answer = () => ({ status: 202 });
    world.hub.set('a', patient);
    await world.clock.advance(1);
    await world.publish(packed('k2', '42'));
    const ids = world.requests.flat();
    expect([ids.length, ids[0] === ids[1], ids[1] === ids[2]]).toEqual([3, true, false]);
    world.reopen();
    world.hub.set('a', patient);
    await world.clock.advance(120_000);
    expect(world.requests).toHaveLength(3);
  });

  test.each([
    ['deadLetter', { requests: [], letters: ['p1'], end: 'deadLettered' }],
    ['drop', { requests: [], letters: [], end: 'dropped' }],
    ['deliver', { requests: [['packed']], letters: [], end: 'delivered' }],
  ] as const)('that is not complete in time ends as it is asked to: %s', async (partial, expected) => {
    const world = new StatefulWorld();
    world.hub.set('a', spec({ join: { ...join, partial }, deadLetterSink: LETTERS }));
    await world.publish(paid('p1', '42'));
    await world.clock.advance(59_999);
    expect(world.got).toEqual([]);
    await world.clock.advance(1);
    const missing = world.got.filter(({ url }) => url === SINK.url).map(({ events }) => [events[0]!.attributes['joinmissing']]);
    expect([missing, world.letters, world.story('p1').at(-1)]).toEqual([expected.requests, expected.letters, expected.end]);
    await world.publish(packed('k1', '42'));
    expect(world.story('k1')).toEqual(['arrived', 'held']);
    if (partial !== 'deadLetter') return;
    const { knativeerrorcode, knativeerrordata } = world.got[0]!.events[0]!.attributes;
    expect([knativeerrorcode, Buffer.from(String(knativeerrordata), 'base64').toString()]).toEqual([
      '504',
      'join of 42: packed did not come within 60 s',
    ]);
  });

  test('ends the oldest when too many are open', async () => {
    const world = new StatefulWorld();
    world.hub.set('a', spec({ join: { ...join, maxKeys: 2 }, deadLetterSink: LETTERS }));
    await world.publish(paid('p1', '1'), paid('p2', '2'), paid('p3', '3'));
    expect(world.letters).toEqual(['p1']);
    expect(world.journal.entries({ kind: 'crowded' })).toMatchObject([{ event: { id: 'p3' } }]);
  });

  test('gives up what has no key, and drops duplicates before', async () => {
    const world = new StatefulWorld();
    world.hub.set('a', spec({ join, dedupe, deadLetterSink: LETTERS }));
    await world.publish(event('n', { type: 'paid' }), paid('p1', '1'), paid('p1', '1'), packed('k1', '1'));
    expect([world.letters, world.requests.length, world.hub.backlog('a')]).toEqual([['n'], 1, 0]);
  });

  test('sends its members to the dead letters when it cannot be delivered', async () => {
    const world = new StatefulWorld();
    world.answer = ({ url }) => ({ status: url === SINK.url ? 400 : 202 });
    world.hub.set('a', spec({ join, deadLetterSink: LETTERS }));
    await world.publish(packed('k1', '1'), paid('p1', '1'));
    expect(world.letters).toEqual(['p1', 'k1']);
  });

  test('answers with the passes that are left of the member that has the fewest', async () => {
    const world = new StatefulWorld('broker');
    const headers = { 'ce-specversion': '1.0', 'ce-id': 'r', 'ce-source': '/r', 'ce-type': 'r' };
    world.answer = ({ url }) => (url === SINK.url ? { status: 200, headers } : { status: 202 });
    world.hub.set('a', spec({ join, reply: { url: 'http://self' }, replies: 'event' }));
    await world.publish(paid('p1', '1'), event('k1', { type: 'packed', orderid: '1', knativebrokerttl: 9 }));
    expect(world.got.at(-1)!.events[0]!.attributes).toMatchObject({ id: 'r', knativebrokerttl: '8' });
  });
});

describe('a consumer that begins to look at its past', () => {
  const slow = async () => {
    const world = new StatefulWorld();
    world.latency = 1000;
    world.hub.set('a', spec({ policy: { retry: 1, backoffPolicy: 'exponential', backoffDelayMs: 5000 } }));
    await world.publish(event('1'));
    world.hub.set('a', spec({ batch }));
    return world;
  };

  test('leaves to whoever it was before what that has on its way, also when it is removed and made anew', async () => {
    const world = await slow();
    world.hub.remove('a');
    world.hub.set('a', spec({ batch }));
    await world.clock.advance(10_000);
    expect([world.requests, world.hub.backlog('a')]).toEqual([[['1']], 0]);
  });

  test('takes over what failed there', async () => {
    const world = await slow();
    world.answer = () => ({ status: world.got.length === 1 ? 503 : 202 });
    await world.clock.advance(20_000);
    expect([world.requests, world.hub.backlog('a'), world.errors]).toEqual([[['1'], ['1']], 0, []]);
  });

  test('breaks it off when everything stops', async () => {
    const world = await slow();
    world.hub.stop();
    await world.clock.advance(20_000);
    expect([world.story('1').includes('delivered'), world.hub.backlog('a')]).toEqual([false, 1]);
  });

  test('forgets duplicates when it is no longer to tell them', async () => {
    const world = new StatefulWorld();
    world.hub.set('a', spec({ dedupe }));
    await world.publish(event('1'));
    world.hub.set('a', spec());
    world.hub.set('a', spec({ dedupe }));
    await world.publish(event('1'));
    expect(world.requests).toEqual([['1'], ['1']]);
    expect([...world.log.memory('a').load()]).toHaveLength(1);
  });
});
