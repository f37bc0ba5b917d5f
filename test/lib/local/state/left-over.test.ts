import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endLeftOver } from '../../../../lib/local/state/end-left-over';
import { ProcessJournal } from '../../../../lib/local/state/process-journal';
import { processStart } from '../../../../lib/local/state/process-start';
import { clock, newFolder } from './support';

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A process in a group of its own, with a child of its own that only its group or its HOME tells. */
async function start(home: string): Promise<{ readonly pid: number; readonly child: number; readonly ended: Promise<unknown> }> {
  const program = `const { spawn } = require('node:child_process');
    const { pid } = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    console.log(pid);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', program], {
    detached: true,
    env: { HOME: home },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  return { pid: child.pid!, child: Number(line.toString()), ended: once(child, 'exit') };
}

const journalIn = (folder: string) => new ProcessJournal(path.join(folder, 'processes'));

test('what was begun and has not ended is left over', () => {
  const folder = newFolder();
  const journal = journalIn(folder);
  expect(journal.leftOver()).toEqual({ groups: new Map(), containers: new Set(), directories: new Set() });
  journal.begin('/tmp/a folder');
  journal.addGroup(process.pid);
  journal.addGroup(process.ppid);
  journal.removeGroup(process.ppid);
  journal.addContainer('one');
  journal.addContainer('two');
  journal.removeContainer('one');
  appendFileSync(path.join(folder, 'processes'), '+ 47'); // a line that was being written
  expect(journalIn(folder).leftOver()).toEqual({
    groups: new Map([[process.pid, processStart(process.pid)]]),
    containers: new Set(['two']),
    directories: new Set(['/tmp/a folder']),
  });
  journal.end();
  expect(existsSync(path.join(folder, 'processes'))).toBe(false);
});

test('a process that was written down is ended with its whole group', async () => {
  const folder = newFolder();
  const journal = journalIn(folder);
  journal.begin(path.join(folder, 'pods'));
  const { pid, child, ended } = await start('/elsewhere');
  journal.addGroup(pid);
  journal.close();
  expect(await endLeftOver(journalIn(folder).leftOver(), clock)).toEqual(process.platform === 'linux' ? [pid, child] : [pid]);
  await ended;
  expect([processStart(pid), processStart(child)]).toEqual([undefined, undefined]);
});

test('a process that nobody wrote down is known by its HOME, and so is one whose group has lost its first process', async () => {
  if (process.platform !== 'linux') return;
  const pods = mkdtempSync(path.join(tmpdir(), 'knc-'));
  const unknown = await start(path.join(pods, 'uid-1', 'home'));
  const orphaned = await start(path.join(pods, 'uid-2', 'home'));
  process.kill(orphaned.pid, 'SIGKILL');
  await orphaned.ended;
  const left = { groups: new Map(), containers: new Set<string>(), directories: new Set([pods]) };
  const ended = await endLeftOver(left, clock);
  expect(ended.sort()).toEqual([unknown.pid, unknown.child, orphaned.child].sort());
  for (const pid of ended) expect(processStart(pid)).toBeUndefined();
});

test('another process that has the id by now is left alone, and so is one with the folder elsewhere in its environment', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'knc-'));
  const { pid, child } = await start(`${folder}-not/home`);
  const shell = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    env: { HOME: '/home/somebody', KUBECONFIG: `${folder}/kubeconfig` },
  });
  children.push(shell);
  const left = { groups: new Map([[pid, 'another start']]), containers: new Set<string>(), directories: new Set([folder]) };
  expect(await endLeftOver(left, clock)).toEqual([]);
  for (const one of [pid, child, shell.pid!]) expect(processStart(one)).toBeDefined();
});

test('the folder of its pods is removed, and no folder that is not ours', async () => {
  const ours = mkdtempSync(path.join(tmpdir(), 'knc-'));
  const other = path.join(newFolder(), 'knc-other');
  mkdirSync(other);
  await endLeftOver({ groups: new Map(), containers: new Set(), directories: new Set([ours, other, tmpdir()]) }, clock);
  expect([existsSync(ours), existsSync(other), existsSync(tmpdir())]).toEqual([false, true, true]);
});

test('a journal that is not as we write it ends no stranger', async () => {
  const folder = newFolder();
  const { pid, child } = await start(path.join(folder, 'home'));
  const calls = path.join(folder, 'calls');
  const engine = path.join(folder, 'engine');
  writeFileSync(engine, `#!/bin/sh\necho "$@" >> '${calls}'\n`, { mode: 0o755 });
  const strange = [
    'in ',
    'in /',
    `in ${folder}`,
    `in ${tmpdir()}/knc-x/..`,
    'c --all',
    'c somebody',
    'c knc-1 --all',
    'c knc-0a-c-0',
  ];
  writeFileSync(path.join(folder, 'processes'), strange.map((line) => `${line}\n`).join(''));
  const left = journalIn(folder).leftOver();
  // Of what looks like ours alone, so that the test itself is safe.
  expect([...left.directories]).toContain('');
  expect(await endLeftOver({ ...left, directories: new Set([folder]) }, clock, engine)).toEqual([]);
  expect([processStart(pid), processStart(child)]).toEqual([expect.any(String), expect.any(String)]);
  expect(readFileSync(calls, 'utf8')).toBe('rm -f knc-1 knc-0a-c-0\n');
});
