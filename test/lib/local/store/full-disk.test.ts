import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { buildProgram, programEnv } from '../../../acceptance/support/storm';
import { StoreFolder } from './support';

interface Said {
  readonly written: number;
  readonly refusal?: string;
  readonly found: number;
  readonly reports: readonly string[];
}

let folder: StoreFolder;
let program: string;

beforeEach(() => {
  folder = new StoreFolder();
  program = path.join(folder.root, 'full-disk.js');
  buildProgram(path.join(__dirname, 'full-disk-child.ts'), program);
});

afterEach(() => folder.remove());

/** Runs the program with room for files of so many blocks of 1,024 bytes: to it, the disk is full then. */
function run(blocks: number, most: number): Said {
  const script = `ulimit -f ${blocks}; exec "$0" "$@"`;
  const args = ['-c', script, process.execPath, program, folder.folder, `${most}`];
  return JSON.parse(
    execFileSync('bash', args, { env: programEnv, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  ) as Said;
}

const where = () => `in ${folder.folder}`;

test('a write for which there is no room is refused and told; everything before it and after it is there', async () => {
  if (process.platform !== 'linux') return;
  const { written, refusal, found, reports } = run(200, 1000);
  expect(refusal).toMatch(/^KNC3305 The state cannot be written: EFBIG/);
  expect(found).toBe(written + 1);
  expect(reports[0]).toMatch(new RegExp(`^state cannot be written ${where()}: EFBIG.*; changes are refused until it can$`));
  // Nor was there room to move it into the database.
  expect(reports[1]).toMatch(
    new RegExp(`^state cannot be saved ${where()}: .*; everything is kept in its journal until the next start$`),
  );
  expect(reports).toHaveLength(2);

  const store = await folder.open();
  expect([...store.range()]).toHaveLength(written + 1);
  expect(folder.reports).toEqual([]);
  await store.close();
});

test('with room enough nothing is told', async () => {
  const { written, refusal, found, reports } = run(100_000, 100);
  expect({ written, refusal, found, reports }).toEqual({ written: 100, found: 101, reports: [] });
});
