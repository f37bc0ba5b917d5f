import { RealClock, type Timer } from '../../../../lib/base';
import type { LmdbStore } from '../../../../lib/local/store';
import { until } from '../../../acceptance/support/real-system';
import { StoreFolder } from './support';

/** Its timers end a hundred times as early. */
class HastyClock extends RealClock {
  override after(ms: number, fn: () => void): Timer {
    return super.after(ms / 100, fn);
  }
}

let folder: StoreFolder;
let store: LmdbStore;

beforeEach(async () => {
  folder = new StoreFolder();
  store = await folder.open({ clock: new HastyClock({ unref: true }) });
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

const write = (values: Readonly<Record<string, unknown>>) =>
  store.write(Object.entries(values).map(([key, value]) => ({ key, value })));

/** Resolves once what was written is in the database. */
async function moved(): Promise<void> {
  const { round } = store.room();
  await until('moved', () => store.room().round > round);
}

test.each([false, true])(
  'a range that is read while the journal is moved shows what was there at its start (reverse: %s)',
  async (reverse) => {
    write({ a: 1, b: 1, c: 1, d: 1, e: 1, m: 1 });
    await moved();
    write({ a0: 2, b: undefined, b0: 2, c: 2, d: undefined, e: 2, f: 2 });
    const expected: (readonly [string, unknown])[] = [
      ['a', 1],
      ['a0', 2],
      ['b0', 2],
      ['c', 2],
      ['e', 2],
      ['f', 2],
      ['m', 1],
    ];
    if (reverse) expected.reverse();
    const entries = store.range({ reverse })[Symbol.iterator]();
    const found = [entries.next().value];
    await moved();
    expect(store.get('a0')).toBe(2);
    expect([...store.range({ reverse })]).toEqual(expected);
    for (let at = entries.next(); !at.done; at = entries.next()) {
      found.push(at.value);
      expect([store.get('b'), store.get('f')]).toEqual([undefined, 2]);
    }
    expect(found).toEqual(expected);
  },
);

test('a range that has begun does not see what is written and moved later', async () => {
  write({ a: 1, c: 1 });
  await moved();
  write({ b: 1 });
  const entries = store.range()[Symbol.iterator]();
  const found = [entries.next().value];
  write({ b: 2, b1: 2, c: 2, d: 2 });
  await moved();
  for (let at = entries.next(); !at.done; at = entries.next()) found.push(at.value);
  expect(found).toEqual([
    ['a', 1],
    ['b', 1],
    ['c', 1],
  ]);
});
