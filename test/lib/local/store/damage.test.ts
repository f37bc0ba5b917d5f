import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { KncError } from '../../../../lib/base';
import type { LmdbStore } from '../../../../lib/local/store';
import { StoreFolder } from './support';

/** Half of the entries in the database, half in the journal alone, as a `kill -9` leaves them. */
const ENTRIES = 200;

let folder: StoreFolder;
let killed: string;

const value = (i: number) => ({ name: `number ${i}`, text: `${i}:`.repeat(300) });
const key = (i: number) => `object/${`${i}`.padStart(4, '0')}`;

beforeAll(async () => {
  const source = new StoreFolder();
  const store = await source.open();
  for (let i = 0; i < ENTRIES / 2; i++) store.write([{ key: key(i), value: value(i) }]);
  await store.close();
  const again = await source.open();
  for (let i = ENTRIES / 2; i < ENTRIES; i++) again.write([{ key: key(i), value: value(i) }]);
  // A copy of the files as they are now is what a killed process leaves.
  killed = path.join(source.root, 'killed');
  rmSync(killed, { recursive: true, force: true });
  copyFolder(source.folder, killed);
  await again.close();
});

afterAll(() => rmSync(path.dirname(killed), { recursive: true, force: true }));

beforeEach(() => {
  folder = new StoreFolder();
  copyFolder(killed, folder.folder);
});

afterEach(() => folder.remove());

function copyFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) copyFileSync(path.join(from, name), path.join(to, name));
}

const fileOf = (pattern: RegExp) => path.join(folder.folder, readdirSync(folder.folder).find((name) => pattern.test(name))!);

function change(file: string, edit: (bytes: Buffer) => Buffer | undefined): void {
  const bytes = readFileSync(file);
  writeFileSync(file, edit(bytes) ?? bytes);
}

/** The numbers of the entries that are there and as they were; everything else must not be there at all. */
function found(store: LmdbStore): number[] {
  return [...store.range({ prefix: 'object/' })].map(([at, stored]) => {
    const i = Number(at.slice('object/'.length));
    expect(stored).toEqual(value(i));
    return i;
  });
}

const all = Array.from({ length: ENTRIES }, (_, i) => i);

test('what a killed process has written is all there, without a word', async () => {
  const store = await folder.open();
  expect(found(store)).toEqual(all);
  expect(folder.reports).toEqual([]);
  await store.close();
});

describe('a damaged journal', () => {
  test('that was cut off loses the write that was cut, and says so', async () => {
    const journal = fileOf(/^journal/);
    truncateSync(journal, readFileSync(journal).length - 10);
    const store = await folder.open();
    expect(found(store)).toEqual(all.slice(0, -1));
    expect(folder.reports).toEqual([expect.stringContaining(`${journal} ended in the middle of a write`)]);
    await store.close();
    // Once told, it is over.
    const again = await folder.open();
    expect(found(again)).toEqual(all.slice(0, -1));
    expect(folder.reports).toHaveLength(1);
    await again.close();
  });

  test('with flipped bytes loses the writes that they are in, keeps a copy, and says so', async () => {
    const journal = fileOf(/^journal/);
    change(journal, (bytes) => {
      bytes[Math.floor(bytes.length / 2)]! ^= 0x10;
      return undefined;
    });
    const store = await folder.open();
    expect(found(store)).toHaveLength(ENTRIES - 1);
    expect(folder.reports).toEqual([expect.stringMatching(/journal\.\d+ was damaged in 1 places.*a copy is in .*corrupt/)]);
    expect(readdirSync(folder.folder).filter((name) => name.includes('.corrupt-'))).toHaveLength(1);
    await store.close();
  });

  test('with a zeroed page loses what was on it', async () => {
    change(fileOf(/^journal/), (bytes) => bytes.fill(0, 8192, 12288));
    const store = await folder.open();
    const lost = ENTRIES - found(store).length;
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThan(12);
    expect(folder.reports).toHaveLength(1);
    await store.close();
  });

  test.each([
    ['garbage', () => Buffer.from('no journal at all '.repeat(100))],
    ['nothing but zeros', (bytes: Buffer) => bytes.fill(0)],
  ])('of %s leaves what is in the database, and says so', async (_, edit) => {
    change(fileOf(/^journal/), edit);
    const store = await folder.open();
    expect(found(store)).toEqual(all.slice(0, ENTRIES / 2));
    expect(folder.reports).toHaveLength(1);
    await store.close();
  });
});

describe('a damaged database', () => {
  const database = () => path.join(folder.folder, 'data.mdb');

  test.each<[string, (bytes: Buffer) => Buffer | undefined]>([
    ['cut to nothing but its head', (bytes) => bytes.subarray(0, 8192)],
    ['cut in the middle', (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['of garbage', (bytes) => bytes.fill('garbage')],
    ['with a zeroed head', (bytes) => bytes.fill(0, 0, 4096)],
  ])('%s is refused by name, and left as it is', async (_, edit) => {
    change(database(), edit);
    const before = readFileSync(database());
    const thrown = await attempt();
    expect(thrown.code).toBe('KNC3306');
    expect(thrown.where).toBe(folder.folder);
    expect(thrown.message).toMatch(/^The stored state is damaged: /);
    expect(readFileSync(database()).equals(before)).toBe(true);
  });

  test('with flipped bytes in one value loses that value, which is set aside and told; the others are there', async () => {
    change(database(), (bytes) => {
      // Older copies of the page may still be there.
      for (let at = bytes.indexOf('"number 42"'); at >= 0; at = bytes.indexOf('"number 42"', at)) bytes[at + 2]! ^= 1;
      return undefined;
    });
    const store = await folder.open();
    expect(found(store)).toEqual(all.filter((i) => i !== 42));
    const aside = `${folder.folder}.corrupt-entries`;
    expect(folder.reports).toEqual([
      `${key(42)} was damaged in ${folder.folder} (its checksum is wrong); it is set aside in ${aside}, everything else is kept`,
    ]);
    const entry = JSON.parse(readFileSync(aside, 'utf8')) as { key: string; base64: string };
    expect(entry.key).toBe(key(42));
    expect(Buffer.from(entry.base64, 'base64').toString()).toContain('42:42:');
    expect(store.get(key(42))).toBeUndefined();
    await store.close();
  });

  test('with any one page zeroed or flipped is refused, or gives nothing that was never stored and tells what is missing', async () => {
    const pages = readFileSync(database()).length / 4096;
    let refused = 0;
    for (let page = 2; page < pages; page += 7) {
      copyFolder(killed, folder.folder);
      change(database(), (bytes) => {
        if (page % 2 === 0) bytes.fill(0, page * 4096, page * 4096 + 4096);
        else for (let i = 0; i < 16; i++) bytes[page * 4096 + i]! ^= 0xff;
        return undefined;
      });
      const told = folder.reports.length;
      const store = await opened();
      if (!store) refused++;
      else {
        if (found(store).length < ENTRIES) expect(folder.reports.length).toBeGreaterThan(told);
        await store.close();
      }
    }
    expect(refused).toBeLessThan(pages);
  }, 120_000);

  test('that was closed in good order is recognised without being read by another process', async () => {
    const store = await folder.open();
    await store.close();
    expect(readdirSync(folder.folder)).toContain('seal');
    const again = await folder.open();
    expect(readdirSync(folder.folder)).not.toContain('seal');
    await again.close();
  });

  async function opened(): Promise<LmdbStore | undefined> {
    try {
      return await folder.open();
    } catch (error) {
      expect((error as KncError).code).toBe('KNC3306');
      return undefined;
    }
  }

  async function attempt(): Promise<KncError> {
    try {
      await folder.open();
    } catch (error) {
      return error as KncError;
    }
    throw new Error('it was opened');
  }
});
