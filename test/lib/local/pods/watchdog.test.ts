import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Log, noLog, RealClock } from '../../../../lib/base';
import { Watchdog } from '../../../../lib/local/pods';
import { built } from './built';

const clock = new RealClock();

/** A parent that runs two groups (each a shell with a child of its own) under a watchdog, and prints all process ids. */
const PARENT = (bundles: string, directory: string) => `
const { Watchdog } = require(${JSON.stringify(join(bundles, 'watchdog.js'))});
const { spawn } = require('node:child_process');
const log = { debug() {}, info() {}, warn() {}, error: console.error };
const watchdog = new Watchdog({ directory: ${JSON.stringify(directory)}, log });
const pids = [];
for (let i = 0; i < 2; i++) {
  const child = spawn('/bin/sh', ['-c', 'trap "" TERM INT; sleep 300 & echo $!; wait'], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  watchdog.addGroup(child.pid);
  child.stdout.once('data', (text) => {
    pids.push(child.pid, Number(text));
    if (pids.length === 4) console.log(JSON.stringify({ pids, watchdog: watchdog.pid }));
  });
}
setInterval(() => {}, 1000);
`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = `/proc/${pid}/status`;
  return !existsSync(status) || !/^State:\s+[ZX]/m.test(readFileSync(status, 'utf8'));
}

async function until(what: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !what(); i++) await clock.sleep(10);
  expect(what()).toBe(true);
}

describe('when the parent dies', () => {
  let bundles: string;
  let parent: ChildProcess | undefined;
  beforeAll(() => {
    bundles = built('lib/local/pods/process/watchdog.ts');
  });
  afterEach(() => parent?.kill('SIGKILL'));

  test.each(['SIGKILL', 'SIGTERM'] as const)('by %s, its process groups die and its folder is removed', async (signal) => {
    const directory = mkdtempSync(join(tmpdir(), 'knc-watchdog-'));
    parent = spawn(process.execPath, ['-e', PARENT(bundles, directory)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await new Promise<[string]>((resolve) =>
      createInterface({ input: parent!.stdout! }).once('line', (text) => resolve([text])),
    );
    const { pids, watchdog } = JSON.parse(line) as { pids: number[]; watchdog: number };
    expect([...pids, watchdog].every(isAlive)).toBe(true);
    // Ctrl-C and the hang-up of a terminal do not end the watchdog.
    process.kill(watchdog, 'SIGINT');
    process.kill(watchdog, 'SIGHUP');
    parent.kill(signal);
    await until(() => !pids.some(isAlive));
    await until(() => !existsSync(directory) && !isAlive(watchdog));
  });
});

test('a group that was removed is left alone, and closing ends the rest', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'knc-watchdog-'));
  const watchdog = new Watchdog({ directory, log: noLog });
  const sleepers = [1, 2, 3].map(() => spawn('sleep', ['300'], { detached: true, stdio: 'ignore' }));
  const pids = sleepers.map((child) => child.pid!);
  for (const pid of pids) watchdog.addGroup(pid);
  watchdog.removeGroup(pids[1]!);
  await watchdog.close();
  await until(() => !isAlive(pids[0]!) && !isAlive(pids[2]!));
  expect(isAlive(pids[1]!)).toBe(true);
  sleepers[1]?.kill('SIGKILL');
});

test('a watchdog that is killed is replaced, and the new one knows the groups', async () => {
  const warnings: string[] = [];
  const log: Log = { ...noLog, warn: (message) => warnings.push(message) };
  const watchdog = new Watchdog({ directory: mkdtempSync(join(tmpdir(), 'knc-watchdog-')), log });
  const sleeper = spawn('sleep', ['300'], { detached: true, stdio: 'ignore' });
  watchdog.addGroup(sleeper.pid!);
  const first = watchdog.pid!;
  process.kill(first, 'SIGKILL');
  await until(() => watchdog.pid !== undefined && watchdog.pid !== first);
  expect(warnings).toHaveLength(1);
  await watchdog.close();
  await until(() => !isAlive(sleeper.pid!));
});

test.each([
  ['those that have not ended', ['b'], 'rm -f a c'],
  ['none if all have ended', ['a', 'b', 'c'], undefined],
])('containers are removed by their engine: %s', async (_what, ended, expected) => {
  const folder = mkdtempSync(join(tmpdir(), 'knc-watchdog-engine-'));
  const [engine, calls] = [join(folder, 'podman'), join(folder, 'calls')];
  writeFileSync(engine, `#!/bin/sh\necho "$@" >> ${calls}\n`, { mode: 0o755 });
  const watchdog = new Watchdog({ directory: join(folder, 'pods'), log: noLog, engine });
  for (const name of ['a', 'b', 'c']) watchdog.addContainer(name);
  for (const name of ended) watchdog.removeContainer(name);
  await watchdog.close();
  expect(existsSync(calls) ? readFileSync(calls, 'utf8').trim() : undefined).toBe(expected);
});
