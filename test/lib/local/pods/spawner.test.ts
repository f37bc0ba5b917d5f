import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { noLog } from '../../../../lib/base';
import { StartError } from '../../../../lib/local/pods/container-runtime';
import { Spawner } from '../../../../lib/local/pods/process/spawner';
import { type StartChild, type StartedChild, startHere } from '../../../../lib/local/pods/process/started-child';
import { built } from './built';

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'knc-test-')));
const spawner = new Spawner({
  program: join(built('lib/local/pods/process/spawner-program.ts'), 'spawner-program.js'),
  directory,
  log: noLog,
});
beforeAll(() => spawner.open());
afterAll(async () => {
  await spawner.close();
  rmSync(directory, { recursive: true });
});

const shell = (script: string, more = {}) => ({
  command: ['/bin/sh', '-c', script],
  cwd: directory,
  env: { PATH: process.env['PATH'] ?? '' },
  ...more,
});

/** The process that has started a child. */
const parentOf = ({ pid }: StartedChild): number =>
  Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }));

describe.each<[string, StartChild]>([
  ['from here', startHere],
  ['by the spawner', spawner.start],
])('a child started %s', (_, start) => {
  test('has the folder, the environment and the group that it was given, and ends with its code', async () => {
    const child = await start(
      shell('pwd; echo "$NAME"; ps -o pgid= -p $$; echo bad >&2; exit 3', { env: { PATH: process.env['PATH'], NAME: 'a b' } }),
    );
    const [out, err, exit] = await Promise.all([text(child.stdout), text(child.stderr), child.exited]);
    expect(out.split('\n').map((line) => line.trim())).toEqual([directory, 'a b', String(child.pid), '']);
    expect(err).toBe('bad\n');
    expect(exit).toMatchObject({ code: 3, signal: null });
    await child.closed;
  });

  test('tells the signal that ended it', async () => {
    const child = await start(shell('kill -9 $$'));
    child.stdout.resume();
    child.stderr.resume();
    expect(await child.exited).toMatchObject({ code: null, signal: 'SIGKILL' });
    await child.closed;
  });

  test('reads its input to the end', async () => {
    const child = await start(shell('cat; echo end', { stdin: true }));
    child.stdin!.end('one\ntwo\n');
    expect(await text(child.stdout)).toBe('one\ntwo\nend\n');
  });

  test('says all of a large output', async () => {
    const child = await start(shell('head -c 3000000 /dev/zero'));
    child.stderr.resume();
    expect((await text(child.stdout)).length).toBe(3_000_000);
  });

  test.each([
    ['a file that is not there', { command: ['./nothing'] }, 'exec: "./nothing": no such file or directory'],
    [
      'a command that is not in the path',
      { command: ['no-such-command'] },
      'exec: "no-such-command": executable file not found in $PATH',
    ],
    ['a folder that is not there', { cwd: '/no/such' }, 'chdir to cwd ("/no/such"): no such file or directory'],
    ['a file that may not be executed', { command: ['/etc/passwd'] }, 'exec: "/etc/passwd": permission denied'],
  ])('is refused for %s', async (_what, more, message) => {
    const refused = start(shell('', more));
    await expect(refused).rejects.toThrow(StartError);
    await expect(refused).rejects.toThrow(message);
  });
});

test('children that end at once are told whole, however many', async () => {
  const ends = Array.from({ length: 100 }, async (_, i) => {
    const child = await spawner.start(shell(`echo ${i}; exit ${i}`));
    child.stderr.resume();
    return [await text(child.stdout), (await child.exited).code];
  });
  expect(await Promise.all(ends)).toEqual(ends.map((_, i) => [`${i}\n`, i]));
});

test('children that nobody reads from until they are gone are told whole', async () => {
  for (let i = 0; i < 30; i++) {
    const child = await spawner.start(shell(i % 2 ? 'kill -9 $$' : 'echo last words'));
    await child.exited;
    child.stderr.resume();
    expect(await text(child.stdout)).toBe(i % 2 ? '' : 'last words\n');
    await child.closed;
  }
});

test('children of the spawner are not ours; when it is killed they end, and others start all the same', async () => {
  const child = await spawner.start(shell('sleep 100'));
  const helper = parentOf(child);
  expect(helper).not.toBe(process.pid);
  process.kill(helper, 'SIGKILL');
  expect(await child.exited).toMatchObject({ signal: 'SIGKILL' });
  const next = await spawner.start(shell('echo on'));
  expect(await text(next.stdout)).toBe('on\n');
});

test('what still runs when the spawner is closed ends with it', async () => {
  const other = new Spawner({
    program: join(built('lib/local/pods/process/spawner-program.ts'), 'spawner-program.js'),
    directory: mkdtempSync(join(directory, 'o')),
    log: noLog,
  });
  await other.open();
  const child = await other.start(shell('sleep 100'));
  child.stdout.resume();
  child.stderr.resume();
  await other.close();
  expect(await child.exited).toMatchObject({ signal: 'SIGKILL' });
  await child.closed;
});
