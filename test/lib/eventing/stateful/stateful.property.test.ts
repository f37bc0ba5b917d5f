import fc from 'fast-check';
import { type CloudEvent, type ConsumerSpec, jsonData } from '../../../../lib/eventing';
import { batches, type Expected, firsts, joins, type Published } from './reference';
import { event, LETTERS, SINK, StatefulWorld, spec } from './world';

const TYPES = ['a', 'b', 'c'];
const dedupe = { by: ['id'], windowMs: 50 };
const batch = { max: 3, withinMs: 40 };
const join = { by: ['key'], types: TYPES, withinMs: 60, type: 'joined', source: '/joins' };

type Action =
  | { readonly do: 'publish'; readonly id: string; readonly type: string; readonly key: string }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'kill' | 'away' | 'back' };

const publish = fc.record({
  do: fc.constant('publish' as const),
  id: fc.constantFrom('1', '2', '3', '4'),
  type: fc.constantFrom(...TYPES),
  key: fc.constantFrom('x', 'y'),
});
const wait = fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 70 }) });
const kill = fc.record({ do: fc.constant('kill' as const) });
const history = (...more: fc.Arbitrary<Action>[]) =>
  fc.array(fc.oneof({ arbitrary: publish, weight: 6 }, { arbitrary: wait, weight: 3 }, kill, ...more), { maxLength: 60 });

const numbers = (one: CloudEvent): number[] =>
  one.attributes['type'] === 'joined'
    ? TYPES.flatMap((type) => (jsonData(one) as Record<string, { n: string }>)[type]?.n ?? []).map(Number)
    : [Number(one.attributes['n'])];

/** Plays a history; returns what was published, and the numbers of the events in each request to a receiver. */
async function play(actions: readonly Action[], wanted: ConsumerSpec, prepare: (world: StatefulWorld) => void = () => {}) {
  const world = new StatefulWorld();
  prepare(world);
  const published: Published[] = [];
  world.hub.set('c', wanted);
  let here = true;
  for (const action of actions) {
    if (action.do === 'wait') await world.clock.advance(action.ms);
    else if (action.do === 'publish') {
      const { id, type, key } = action;
      const n = published.length;
      published.push({ n, time: world.now, id, type, key });
      await world.publish(event(id, { type, key, n: String(n) }));
    } else if (action.do === 'away') {
      world.hub.remove('c');
      here = false;
    } else {
      if (action.do === 'kill') world.reopen();
      if (action.do === 'back' || here) world.hub.set('c', wanted);
      here ||= action.do === 'back';
      await world.clock.settle();
    }
  }
  if (!here) world.hub.set('c', wanted);
  await world.clock.settle();
  expect(world.errors).toEqual([]);
  const got = (to: string): Expected[] =>
    world.got
      .filter(({ url }) => url === to)
      .map(({ events }) => ({ members: events.flatMap(numbers), complete: to === SINK.url }));
  return { world, published, sent: () => got(SINK.url), letters: () => got(LETTERS.url).flatMap(({ members }) => members) };
}

const sorted = (units: readonly Expected[]): string[] => units.map((unit) => JSON.stringify(unit)).sort();

test('duplicates are told as one would by looking at all that came, over kills and times away', async () => {
  const away = fc.record({ do: fc.constantFrom('away' as const, 'back' as const) });
  await fc.assert(
    fc.asyncProperty(history(away), async (actions) => {
      const { published, sent } = await play(actions, spec({ dedupe }));
      expect(sent().flatMap(({ members }) => members)).toEqual(firsts(published, dedupe).map(({ n }) => n));
    }),
    { numRuns: 150 },
  );
});

test('batches are those that one would make by hand, over kills', async () => {
  await fc.assert(
    fc.asyncProperty(history(), fc.boolean(), async (actions, once) => {
      const { world, published, sent } = await play(actions, spec({ batch, ...(once ? { dedupe } : {}) }));
      const events = once ? firsts(published, dedupe) : published;
      expect(sent()).toEqual(batches(events, batch, world.now));
    }),
    { numRuns: 150 },
  );
});

test('joins are those that one would make by hand, over kills; what is not complete in time becomes dead letters', async () => {
  await fc.assert(
    fc.asyncProperty(history(), fc.boolean(), async (actions, once) => {
      const wanted = spec({ join, deadLetterSink: LETTERS, ...(once ? { dedupe } : {}) });
      const { world, published, sent, letters } = await play(actions, wanted);
      const events = once ? firsts(published, dedupe) : published;
      const expected = joins(events, join, world.now);
      expect(sorted(sent())).toEqual(sorted(expected.filter(({ complete }) => complete)));
      const partial = expected.filter(({ complete }) => !complete).flatMap(({ members }) => members);
      expect(letters().sort((a, b) => a - b)).toEqual(partial.sort((a, b) => a - b));
    }),
    { numRuns: 150 },
  );
});

describe('with a receiver that is slow and fails, and kills at any moment', () => {
  const rough = (random: readonly boolean[]) => (world: StatefulWorld) => {
    let next = 0;
    world.latency = 25;
    world.answer = ({ url }) => ({ status: url === SINK.url && random[next++ % random.length] ? 503 : 202 });
  };
  const policy = { retry: 30, backoffPolicy: 'linear', backoffDelayMs: 5 } as const;
  const coins = fc.array(fc.boolean(), { minLength: 3, maxLength: 7 }).filter((all) => all.includes(false));

  test('every event that counts is delivered in a batch, and no duplicate is', async () => {
    await fc.assert(
      fc.asyncProperty(history(), coins, async (actions, random) => {
        const { world, published, sent } = await play(actions, spec({ dedupe, batch, policy }), rough(random));
        await world.clock.advance(60_000);
        const delivered = new Set(sent().flatMap(({ members }) => members));
        expect([...delivered].sort((a, b) => a - b)).toEqual(firsts(published, dedupe).map(({ n }) => n));
        expect([world.hub.backlog('c'), world.errors]).toEqual([0, []]);
      }),
      { numRuns: 100 },
    );
  });

  test('every join is delivered, as one and the same event, and no other is', async () => {
    await fc.assert(
      fc.asyncProperty(history(), coins, async (actions, random) => {
        const wanted = spec({ join, policy, deadLetterSink: LETTERS });
        const { world, published, sent, letters } = await play(actions, wanted, rough(random));
        await world.clock.advance(60_000);
        const expected = joins(published, join, world.now);
        expect([...new Set(sorted(sent()))]).toEqual(sorted(expected.filter(({ complete }) => complete)));
        const partial = expected.filter(({ complete }) => !complete).flatMap(({ members }) => members);
        expect([...new Set(letters())].sort((a, b) => a - b)).toEqual(partial.sort((a, b) => a - b));
        const ids = world.got.filter(({ url }) => url === SINK.url).map(({ events }) => `${events[0]!.attributes['id']}`);
        expect(new Set(ids).size).toBe(expected.filter(({ complete }) => complete).length);
        expect([world.hub.backlog('c'), world.errors]).toEqual([0, []]);
      }),
      { numRuns: 100 },
    );
  });

  test('events of one key arrive in the order in which they came, also in batches', async () => {
    await fc.assert(
      fc.asyncProperty(history(), coins, async (actions, random) => {
        const wanted = spec({ batch, policy, orderBy: 'key' });
        const { world, published } = await play(actions, wanted, rough(random));
        await world.clock.advance(60_000);
        for (const key of ['x', 'y']) {
          const first = new Set(
            world.got.flatMap(({ events }) => events.filter(({ attributes }) => attributes['key'] === key).flatMap(numbers)),
          );
          expect([...first]).toEqual(published.filter((one) => one.key === key).map(({ n }) => n));
        }
      }),
      { numRuns: 100 },
    );
  });
});
