import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FolderLock } from '../../../../lib/local/state/folder-lock';
import { processStart } from '../../../../lib/local/state/process-start';
import { clock, newFolder, refusal } from './support';

const holderIn = (folder: string) => JSON.parse(readFileSync(path.join(folder, 'lock'), 'utf8')) as Record<string, unknown>;

function leave(folder: string, holder: Record<string, unknown>): void {
  writeFileSync(path.join(folder, 'lock'), JSON.stringify(holder));
}

test('the lock says who holds it, and goes with its release', () => {
  const folder = newFolder();
  const lock = new FolderLock(folder, clock, ['knc', 'dev']);
  expect(holderIn(folder)).toEqual({
    pid: process.pid,
    started: processStart(process.pid),
    command: 'knc dev',
    since: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+Z$/),
  });
  lock.announce('http://127.0.0.1:8080');
  expect(holderIn(folder)).toMatchObject({ pid: process.pid, gateway: 'http://127.0.0.1:8080' });
  lock.release();
  expect(readdirSync(folder)).toEqual([]);
});

test('a second one is told who holds it, since when, and where that listens', async () => {
  const folder = newFolder();
  const lock = new FolderLock(folder, clock, ['knc', 'dev', 'app']);
  lock.announce('http://127.0.0.1:8080');
  const { code, message, where, remedy } = await refusal(() => new FolderLock(folder, clock));
  const since = holderIn(folder)['since'];
  expect(code).toBe('KNC3301');
  expect(message).toBe(
    `The state folder is in use by process ${process.pid} since ${since}, gateway http://127.0.0.1:8080 (knc dev app)`,
  );
  expect(where).toBe(folder);
  expect(remedy).toMatch(/--state DIR.*--ephemeral/);
  expect(readdirSync(folder)).toEqual(['lock']);
});

test('a lock whose process has ended is taken over', async () => {
  const folder = newFolder();
  const child = spawn(process.execPath, ['-e', '']);
  const started = processStart(child.pid!);
  await once(child, 'exit');
  leave(folder, { pid: child.pid, started, command: 'knc dev', since: 'before' });
  const lock = new FolderLock(folder, clock);
  expect(holderIn(folder)).toMatchObject({ pid: process.pid });
  lock.release();
});

test('a lock whose process id is by now that of another process is taken over', () => {
  const folder = newFolder();
  leave(folder, { pid: process.pid, started: 'in another life', command: 'knc dev', since: 'before' });
  new FolderLock(folder, clock).release();
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ['is empty', ''],
  ['is cut off', '{"pid": 1'],
  ['holds something else', '[1, "two", null]'],
])('a lock file that %s is taken over', (_, text) => {
  const folder = newFolder();
  writeFileSync(path.join(folder, 'lock'), text);
  new FolderLock(folder, clock);
  expect(holderIn(folder)).toMatchObject({ pid: process.pid });
});

test('who releases late does not take the lock of its successor away', () => {
  const folder = newFolder();
  const late = new FolderLock(folder, clock);
  leave(folder, { pid: 1, started: 'now', command: 'knc dev', since: 'now' });
  late.release();
  expect(holderIn(folder)).toMatchObject({ pid: 1 });
});

test('a take-over that was itself left behind does not keep the folder closed', () => {
  const folder = newFolder();
  leave(folder, { pid: 0, started: '', command: '', since: '' });
  mkdirSync(path.join(folder, 'lock.taking-over'));
  new FolderLock(folder, clock);
  expect(holderIn(folder)).toMatchObject({ pid: process.pid });
  expect(readdirSync(folder)).toEqual(['lock']);
});

test('the start of a process is the same each time one asks, and none is known of one that does not exist', () => {
  expect(processStart(process.pid)).toBe(processStart(process.pid));
  expect(processStart(process.pid)).not.toBe(processStart(1)); // a parent may have started at the same tick
  for (const pid of [0, -1, 1.5, 2 ** 30]) expect(processStart(pid)).toBeUndefined();
});
