import { existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { RealClock, type Timer } from '../../../../lib/base';
import type { LmdbStore } from '../../../../lib/local/store';
import { until } from '../../../acceptance/support/real-system';
import { SmallDisk } from './small-disk';
import { StoreFolder } from './support';

const MIB = 2 ** 20;
const TOTAL = 16 * MIB;

let folder: StoreFolder;
let disk: SmallDisk;
let store: LmdbStore;

beforeEach(async () => {
  folder = new StoreFolder();
  mkdirSync(folder.folder);
  disk = new SmallDisk(folder.folder, TOTAL);
  store = await folder.open({ disk, clock });
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

const key = (i: number) => `k/${`${i}`.padStart(6, '0')}`;
const value = (i: number) => Buffer.alloc(20_000, String(i));
const reserved = () => existsSync(path.join(folder.folder, 'reserve'));
/** Its timers end a hundred times as early. */
class HastyClock extends RealClock {
  override after(ms: number, fn: () => void): Timer {
    return super.after(ms / 100, fn);
  }
}
const clock = new HastyClock({ unref: true });
/** Resolves once what was written is in the database, twice. */
async function moved(): Promise<void> {
  const { round } = store.room();
  for (const more of [1, 2]) {
    store.write([{ key: 'mark', value: undefined }], { makesRoom: true });
    await until('moved', () => store.room().round >= round + more);
  }
}

/** Writes until it is refused; returns how many were written. */
function fill(): number {
  for (let i = 0; ; i++) {
    try {
      store.write([{ key: key(i), value: value(i) }]);
    } catch {
      return i;
    }
  }
}
const there = (count: number) =>
  Array.from({ length: count }, (_, i) => i).every((i) => value(i).equals(store.get(key(i)) as Buffer));

test('a disk that is full takes what makes room, and everything else once there is room; what it has taken is there', async () => {
  expect(reserved()).toBe(true);
  const written = fill();
  expect(written).toBeGreaterThan(500);
  expect(store.room()).toMatchObject({ full: true, free: 0, total: TOTAL });
  expect(there(written)).toBe(true);
  const kept = 10;
  for (let i = kept; i < written; i++) store.write([{ key: key(i), value: undefined }], { makesRoom: true });
  expect(reserved()).toBe(false);
  expect(() => store.write([{ key: 'other', value: 1 }])).toThrow('ENOSPC');
  await moved();
  expect(there(kept)).toBe(true);
  expect(reserved()).toBe(true);
  expect(store.room().full).toBe(false);
  store.write([{ key: 'other', value: 1 }]);
  await store.flushed();
  await store.close();
  store = await folder.open({ disk, clock });
  expect([there(kept), store.get('other'), [...store.range()].length]).toEqual([true, 1, kept + 1]);
  expect(disk.used).toBeLessThanOrEqual(TOTAL);
});

test('when others fill the disk, what is in the journal is moved in parts, and it goes on when they leave', async () => {
  for (let i = 0; i < 200; i++) store.write([{ key: key(i), value: value(i) }]);
  await moved();
  for (let i = 0; i < 50; i++) store.write([{ key: key(200 + i), value: value(200 + i) }]);
  disk.others = TOTAL - disk.used;
  for (let i = 100; i < 200; i++) store.write([{ key: key(i), value: undefined }], { makesRoom: true });
  expect(() => store.write([{ key: 'other', value: 1 }])).toThrow('ENOSPC');
  await moved();
  expect([...store.range({ prefix: 'k/' })]).toHaveLength(150);
  disk.others = 0;
  store.write([{ key: 'other', value: 1 }]);
  await moved();
  expect([store.room().full, reserved()]).toEqual([false, true]);
  expect(folder.reports.filter((text) => !text.includes('ENOSPC'))).toEqual([]);
});

test('the room of a store ends at its limit', async () => {
  await store.close();
  store = await folder.open({ disk, clock, limit: 4 * MIB });
  const { total, free } = store.room();
  expect(total).toBe(4 * MIB);
  expect(free).toBeLessThan(4 * MIB);
  for (let i = 0; i < 150; i++) store.write([{ key: key(i), value: value(i) }]);
  expect(free - store.room().free).toBeGreaterThan(2.5 * MIB);
  await moved();
  expect(free - store.room().free).toBeGreaterThan(2.5 * MIB);
});

test('when all that filled a disk has gone, it takes as much again, though the file of the database never shrinks', async () => {
  const file = path.join(folder.folder, 'data.mdb');
  for (let round = 0; round < 2; round++) {
    let written = 0;
    const most = round === 0 ? 1000 : 120;
    const atOnce = round === 0 ? 40 : 12;
    while (written < most && !store.room().full && store.room().free > MIB) {
      for (let i = 0; i < atOnce; i++, written++) store.write([{ key: key(written), value: value(written) }]);
      await moved();
    }
    expect(written).toBeGreaterThanOrEqual(120);
    // Others take what is left beside the file, once and for all.
    if (round === 0) disk.others = TOTAL - disk.used;
    for (let i = 0; i < written; i++) store.write([{ key: key(i), value: undefined }], { makesRoom: true });
    await moved();
    expect(store.room()).toMatchObject({ full: false });
    store.write([{ key: 'other', value: 1 }]);
  }
  const { size } = statSync(file);
  expect(size).toBeGreaterThan(8 * MIB);
  disk.others = 0;
  await store.close();
  store = await folder.open({ disk, clock });
  expect(statSync(file).size).toBeLessThan(size / 4);
  expect([...store.range()]).toEqual([['other', 1]]);
});
