import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { StateFolder } from '../../../../lib/local/state';
import { migrate, readFormat, STORE_FORMAT } from '../../../../lib/local/state/store-format';
import { MemoryStore } from '../../../../lib/local/store';
import { clock, newFolder, refusal } from './support';

let folder: string;
let reports: string[];

beforeEach(() => {
  folder = path.join(newFolder(), '.knc');
  reports = [];
});

const open = () => StateFolder.open(folder, { clock, report: (text) => reports.push(text) });

/** Writes one thing as a whole run. */
async function run(key: string): Promise<void> {
  const state = open();
  const store = await state.openStore();
  store.write([{ key, value: { written: key } }]);
  await state.close();
}

async function keys(): Promise<string[]> {
  const state = open();
  const store = await state.openStore();
  const found = [...store.range()].map(([key]) => key);
  await state.close();
  return found;
}

test('the folder is for its user alone, and git does not see it', async () => {
  await run('a');
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readFileSync(path.join(folder, '.gitignore'), 'utf8')).toBe('*\n');
  chmodSync(folder, 0o755);
  await run('b');
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(open().kubeconfigPath).toBe(path.join(folder, 'kubeconfig'));
});

test('what one run has stored the next finds; forgotten, it is gone', async () => {
  expect(open().lastWritten).toBeUndefined();
  rmSync(path.join(folder, 'lock'));
  await run('a');
  await run('b');
  expect(await keys()).toEqual(['a', 'b']);
  const state = open();
  expect(state.lastWritten).toBeGreaterThan(clock.now() - 60_000);
  state.forget();
  await state.close();
  expect(await keys()).toEqual([]);
  expect(reports).toEqual([]);
});

test('a folder that is in use is refused, and free again after the end', async () => {
  const state = open();
  expect((await refusal(open)).code).toBe('KNC3301');
  await state.close();
  await open().close();
});

test('a damaged store is set aside whole and told; the next one is empty and works', async () => {
  await run('a');
  const database = path.join(folder, 'store', 'data.mdb');
  truncateSync(database, statSync(database).size / 2);
  const cut = readFileSync(database);
  expect(await keys()).toEqual([]);
  const kept = readdirSync(folder).filter((name) => name.startsWith('store.corrupt-'));
  expect(kept).toHaveLength(1);
  expect(readFileSync(path.join(folder, kept[0]!, 'data.mdb')).equals(cut)).toBe(true);
  expect(reports).toEqual([
    expect.stringMatching(
      /^The stored state is damaged: .*\. It is set aside as .*store\.corrupt-\d{4}-\d\d-\d\dT\d{6}Z, and an empty one/,
    ),
  ]);
  await run('b');
  expect(await keys()).toEqual(['b']);
});

describe('formats', () => {
  const formatFile = () => path.join(folder, 'store', 'format');

  test('a newer one is refused by name, and nothing is touched', async () => {
    await run('a');
    writeFileSync(formatFile(), `${STORE_FORMAT + 1}\n`);
    const state = open();
    const { code, message, remedy } = await refusal(() => state.openStore());
    expect([code, message]).toEqual([
      'KNC3302',
      `The state has format ${STORE_FORMAT + 1}; this version of knc reads format ${STORE_FORMAT} and older ones`,
    ]);
    expect(remedy).toContain('--fresh');
    await state.close();
    writeFileSync(formatFile(), `${STORE_FORMAT}\n`);
    expect(await keys()).toEqual(['a']);
  });

  test('one that is no number means damage', async () => {
    await run('a');
    writeFileSync(formatFile(), 'one');
    expect(await keys()).toEqual([]);
    expect(reports).toEqual([expect.stringContaining('its format is "one"')]);
  });

  test('an older one is brought up to date step by step, and goes on where it was interrupted', async () => {
    mkdirSync(folder);
    const store = new MemoryStore();
    const done: string[] = [];
    let fails = true;
    const migrations = new Map([
      [3, () => void done.push('3 to 4')],
      [
        4,
        () => {
          if (fails) throw new Error('killed');
          done.push('4 to 5');
        },
      ],
    ]);
    writeFileSync(path.join(folder, 'format'), '3\n');
    await expect(migrate(store, folder, readFormat(folder, 5), 5, migrations)).rejects.toThrow('killed');
    expect(readFormat(folder, 5)).toBe(4);
    fails = false;
    await migrate(store, folder, readFormat(folder, 5), 5, migrations);
    expect(done).toEqual(['3 to 4', '4 to 5']);
    expect(readFormat(folder, 5)).toBe(5);
    writeFileSync(path.join(folder, 'format'), '2\n');
    expect((await refusal(() => migrate(store, folder, 2, 5, migrations))).code).toBe('KNC3302');
  });
});

test.each([
  ['a file where the folder should be', () => writeFileSync(folder, ''), /EEXIST|ENOTDIR/],
  ['a folder below a file', () => writeFileSync(path.dirname(`${folder}`) + '/file', ''), /ENOTDIR/, 'file/.knc'],
])('%s is refused with the path and what to do', async (_, prepare, why, name = '.knc') => {
  prepare();
  folder = path.join(path.dirname(folder), name);
  const { code, message, where, remedy } = await refusal(open);
  expect(code).toBe('KNC3303');
  expect(message).toMatch(why);
  expect(where).toBe(folder);
  expect(remedy).toMatch(/--state DIR.*--ephemeral/);
});

test('a folder that may only be read is refused', async () => {
  // Root may write anywhere, but not into a file system that has no room for files.
  folder = process.getuid?.() === 0 ? '/sys/knc' : folder;
  if (process.getuid?.() === 0 && process.platform !== 'linux') return;
  if (process.getuid?.() !== 0) {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o500);
  }
  const { code, where } = await refusal(open);
  expect([code, where]).toEqual(['KNC3303', folder]);
});
