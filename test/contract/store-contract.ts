import { Counter, MAX_KEY_LENGTH, type Store, type StoreEntry, type StoreRange, StoreSpace } from '../../lib/local/store';

/** A store and how to end it. */
export interface StoreUnderTest {
  readonly store: Store;
  /** The same content as a later process finds it; undefined if nothing survives. */
  readonly reopen?: () => Promise<Store>;
}

/** What every `Store` must do. `open` makes an empty one. */
export function describeStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name} as a store`, () => {
    let store: Store;
    let reopen: StoreUnderTest['reopen'];

    beforeEach(async () => {
      ({ store, reopen } = await open());
    });

    afterEach(() => store.close());

    const put = (...keys: readonly string[]) => store.write(keys.map((key) => ({ key, value: `value of ${key}` })));
    const keys = (range?: StoreRange, from: Store = store) => {
      const found = [...from.keys(range)];
      expect([...from.range(range)].map(([key]) => key)).toEqual(found);
      return found;
    };

    test('a key that was never written has no value', () => {
      expect(store.get('a')).toBeUndefined();
      expect([...store.range()]).toEqual([]);
    });

    test.each([
      ['an object', { a: [1, 'two', { three: null }], b: true }],
      ['a list', [1, 2, 3]],
      ['text with characters of every length', 'aé€😀\u0000"\\'],
      ['an empty text', ''],
      ['a number', -1.5e300],
      ['zero', 0],
      ['no', false],
      ['null', null],
      ['bytes', Uint8Array.from([0, 255, 10, 0])],
      ['no bytes', new Uint8Array()],
      ['a large object', { text: 'x'.repeat(300_000) }],
    ])('%s comes back as it was', async (_, value) => {
      store.write([{ key: 'k', value }]);
      expect(store.get('k')).toEqual(value);
      expect([...store.range()]).toEqual([['k', value]]);
      if (reopen) {
        store = await reopen();
        expect(store.get('k')).toEqual(value);
      }
    });

    test('a write replaces, and undefined deletes; within one batch the later one counts', () => {
      put('a', 'b');
      store.write([
        { key: 'a', value: 1 },
        { key: 'a', value: 2 },
        { key: 'b', value: undefined },
        { key: 'c', value: undefined },
      ]);
      expect([...store.range()]).toEqual([['a', 2]]);
    });

    test.each([
      ['an empty key', ''],
      ['a key with a line break', 'a\nb'],
      ['a key beyond ASCII', 'é'],
      ['a key that is too long', 'x'.repeat(MAX_KEY_LENGTH + 1)],
    ])('%s is refused with its whole batch', (_, key) => {
      expect(() =>
        store.write([
          { key: 'a', value: 1 },
          { key, value: 1 },
        ]),
      ).toThrow(RangeError);
      expect([...store.range()]).toEqual([]);
    });

    test('the longest key is taken', () => {
      put('x'.repeat(MAX_KEY_LENGTH));
      expect(keys()).toEqual(['x'.repeat(MAX_KEY_LENGTH)]);
    });

    describe('ranges', () => {
      beforeEach(() => {
        put('b/2', 'a', 'b/10', 'c', 'b', 'B', 'b/1', 'b0', '~');
      });

      test.each<[string, StoreRange, readonly string[]]>([
        ['everything in byte order', {}, ['B', 'a', 'b', 'b/1', 'b/10', 'b/2', 'b0', 'c', '~']],
        ['a prefix', { prefix: 'b/' }, ['b/1', 'b/10', 'b/2']],
        ['a prefix that is a key too', { prefix: 'b' }, ['b', 'b/1', 'b/10', 'b/2', 'b0']],
        ['a prefix that nothing has', { prefix: 'x' }, []],
        ['from a key on', { from: 'b/2' }, ['b/2', 'b0', 'c', '~']],
        ['below a key', { to: 'b/1' }, ['B', 'a', 'b']],
        ['between keys that are not there', { from: 'a0', to: 'b/11' }, ['b', 'b/1', 'b/10']],
        ['the end of a prefix', { prefix: 'b/', from: 'b/10' }, ['b/10', 'b/2']],
        ['the beginning of a prefix', { prefix: 'b/', to: 'b/10' }, ['b/1']],
        ['bounds outside of the prefix', { prefix: 'b/', from: 'a', to: 'z' }, ['b/1', 'b/10', 'b/2']],
        ['an empty range', { from: 'c', to: 'b' }, []],
        ['the first two', { prefix: 'b/', limit: 2 }, ['b/1', 'b/10']],
        ['none', { limit: 0 }, []],
        ['backwards', { reverse: true }, ['~', 'c', 'b0', 'b/2', 'b/10', 'b/1', 'b', 'a', 'B']],
        ['the last of a prefix', { prefix: 'b/', reverse: true, limit: 1 }, ['b/2']],
        ['backwards between keys', { from: 'b', to: 'b/2', reverse: true }, ['b/10', 'b/1', 'b']],
      ])('%s', async (_, range, expected) => {
        expect(keys(range)).toEqual(expected);
        if (!reopen) return;
        store = await reopen();
        expect(keys(range)).toEqual(expected);
        // Part of it in the database, part of it not yet.
        store.write([{ key: 'a', value: undefined }, ...['b/10', 'b/3'].map((key) => ({ key, value: 'new' }))]);
        const inside = keys({ prefix: 'b/' });
        expect(inside).toEqual(['b/1', 'b/10', 'b/2', 'b/3']);
        expect(keys({ reverse: true })).toEqual(keys().reverse());
        expect(keys()).not.toContain('a');
      });

      test('what was deleted is in no range', () => {
        store.write(['b/1', 'B', '~'].map((key) => ({ key, value: undefined })));
        expect(keys()).toEqual(['a', 'b', 'b/10', 'b/2', 'b0', 'c']);
      });
    });

    test('an entry that is set aside is gone', () => {
      put('a', 'b');
      store.setAside('a', 'nobody understands it');
      store.setAside('never there', 'nobody understands it');
      expect(keys()).toEqual(['b']);
    });

    test('parts under names of their own do not see each other, and one batch can change both', async () => {
      const [left, right] = [new StoreSpace(store, 'left'), new StoreSpace(store, 'left-2')];
      left.write([{ key: 'a', value: 1 }]);
      store.write([left.placed({ key: 'b', value: 2 }), right.placed({ key: 'a', value: 3 })]);
      const entries = (space: Store, range?: StoreRange): StoreEntry[] => [...space.range(range)];
      expect(entries(left)).toEqual([
        ['a', 1],
        ['b', 2],
      ]);
      expect(entries(left, { from: 'b' })).toEqual([['b', 2]]);
      expect(entries(left, { to: 'b', reverse: true, limit: 1 })).toEqual([['a', 1]]);
      expect(entries(right, { prefix: 'a' })).toEqual([['a', 3]]);
      expect([keys({}, left), keys({ from: 'b' }, left), keys({ prefix: 'a' }, right)]).toEqual([['a', 'b'], ['b'], ['a']]);
      expect([left.get('b'), right.get('b')]).toEqual([2, undefined]);
      await left.close();
      expect(store.get('left/a')).toBe(1);
    });

    test('a counter goes on where it was, and never gives a number twice', async () => {
      const counter = new Counter(store, 'count', 10);
      expect(counter.value).toBe(10);
      store.write([counter.advance(), { key: 'event/11', value: 'e' }]);
      store.write([counter.advance(5)]);
      expect(new Counter(store, 'count', 10).value).toBe(16);
      if (reopen) expect(new Counter(await reopen().then((next) => (store = next)), 'count').value).toBe(16);
    });

    test('flushing resolves, before and after writes, and many times at once', async () => {
      await store.flushed();
      put('a');
      await Promise.all([store.flushed(), store.flushed()]);
      put('b');
      await store.flushed();
      expect(keys()).toEqual(['a', 'b']);
    });

    test('a later process finds everything that was written, in its last state', async () => {
      if (!reopen) return;
      for (let i = 0; i < 500; i++) {
        store.write([
          { key: `k/${i % 50}`, value: i },
          { key: 'last', value: i },
        ]);
      }
      store.write([{ key: 'k/0', value: undefined }]);
      const before = [...store.range()];
      expect(before).toHaveLength(50);
      store = await reopen();
      expect([...store.range()]).toEqual(before);
      expect(store.size()).toBeGreaterThan(0);
    });
  });
}
