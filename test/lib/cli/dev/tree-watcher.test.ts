import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { RealClock } from '../../../../lib/base';
import { TreeWatcher } from '../../../../lib/cli/dev/tree-watcher';
import { tempFolder } from '../temp-folder';

const watchers: TreeWatcher[] = [];
afterEach(() => {
  for (const watcher of watchers.splice(0)) watcher.close();
});

/** Watches, and gives the batches of changed names as they come. */
function watched(folder: string, paths: string[]) {
  const batches: string[][] = [];
  const waiting: ((batch: string[]) => void)[] = [];
  const watcher = new TreeWatcher(new RealClock(), (files) => {
    const batch = files.map((file) => path.relative(folder, file)).sort();
    const next = waiting.shift();
    if (next) next(batch);
    else batches.push(batch);
  });
  watchers.push(watcher);
  watcher.add(paths.map((name) => path.join(folder, name)));
  const next = () => {
    const batch = batches.shift();
    return batch ? Promise.resolve(batch) : new Promise<string[]>((resolve) => waiting.push(resolve));
  };
  return { watcher, next, write: (name: string, text: string) => writeFileSync(path.join(folder, name), text) };
}

test('edits, new files, renamed files and new folders are told; node_modules, dist and hidden names are not', async () => {
  const folder = tempFolder({
    'main.ts': 'a',
    'node_modules/x/index.js': '',
    'dist/a.yaml': '',
    '.git/HEAD': '',
    'sub/deep/x.ts': '',
  });
  const { next, write } = watched(folder, ['.']);
  write('node_modules/x/index.js', 'changed');
  write('dist/a.yaml', 'changed');
  write('.git/HEAD', 'changed');
  write('.main.ts.swp', 'changed');
  write('sub/deep/x.ts', 'b');
  write('main.ts', 'b');
  expect(await next()).toEqual(['main.ts', 'sub/deep/x.ts']);
  mkdirSync(path.join(folder, 'fresh/one'), { recursive: true });
  write('fresh/one/y.ts', 'y');
  expect(await next()).toContain('fresh/one/y.ts');
  write('fresh/one/y.ts', 'yy');
  expect(await next()).toEqual(['fresh/one/y.ts']);
  renameSync(path.join(folder, 'main.ts'), path.join(folder, 'app.ts'));
  expect(await next()).toEqual(['app.ts', 'main.ts']);
  rmSync(path.join(folder, 'fresh'), { recursive: true });
  write('app.ts', 'after');
  expect((await next()).at(0)).toBe('app.ts');
});

test('a file written with the content that it had has not changed', async () => {
  const folder = tempFolder({ 'a.yaml': 'same', 'b.yaml': '1' });
  const { next, write } = watched(folder, ['.']);
  write('a.yaml', 'same');
  write('b.yaml', '2');
  expect(await next()).toEqual(['b.yaml']);
});

test('of a folder of which one file is watched, the others do not matter, also when an editor replaces the file', async () => {
  const folder = tempFolder({ 'a.yaml': '1', 'b.yaml': '1' });
  const { next, write } = watched(folder, ['a.yaml']);
  write('b.yaml', '2');
  write('a.yaml.tmp', '2');
  renameSync(path.join(folder, 'a.yaml.tmp'), path.join(folder, 'a.yaml'));
  expect(await next()).toEqual(['a.yaml']);
});

test('nothing is told once it is closed', async () => {
  const folder = tempFolder({ 'a.yaml': '1' });
  const { watcher, write, next } = watched(folder, ['.']);
  write('a.yaml', '2');
  await next();
  const told = jest.fn();
  next().then(told);
  write('a.yaml', '3');
  watcher.close();
  await new RealClock().sleep(150);
  expect(told).not.toHaveBeenCalled();
});

test('what programs write beside their sources does not count: logs, databases, process files', async () => {
  const folder = tempFolder({ 'main.ts': 'a' });
  const { next, write } = watched(folder, ['.']);
  for (const name of ['app.log', 'data.sqlite', 'data.sqlite-wal', 'x.db', 'app.pid', 'knc.out']) write(name, 'written');
  write('main.ts', 'b');
  expect(await next()).toEqual(['main.ts']);
});
