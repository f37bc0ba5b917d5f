import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';
import { attributes, stage } from './support/player';

const root = resolve(__dirname, '../../../../..');
let folder: string;
let child: ChildProcess | undefined;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'knc-player-'));
  // The files of the player as the build makes them, side by side.
  const code = `import(${JSON.stringify(join(root, 'lib/build/entries.mjs'))}).then((made) => console.log(JSON.stringify(made.programs)))`;
  const programs = JSON.parse(execFileSync(process.execPath, ['-e', code], { encoding: 'utf8' })) as Record<string, string>;
  for (const [output, source] of Object.entries(programs).filter(([name]) => name.startsWith('samples/cloudevents-player'))) {
    const outfile = join(folder, basename(output));
    buildSync({ entryPoints: [join(root, source)], outfile, bundle: true, platform: 'node', target: 'node20', format: 'cjs' });
  }
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => child?.kill('SIGKILL'));

function run(env: Record<string, string>): ChildProcess {
  child = spawn(process.execPath, [join(folder, 'cloudevents-player.js')], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  return child;
}

/** The URL of a player that has been started. */
async function listening(player: ChildProcess): Promise<string> {
  const [line] = (await once(createInterface({ input: player.stdout! }), 'line')) as [string];
  return `http://127.0.0.1:${/port (\d+)/.exec(line)![1]}`;
}

test('the program serves the page with its program, sends to BROKER_URL, and ends on SIGTERM with a page open', async () => {
  const on = await stage();
  const player = run({ PORT: '0', BROKER_URL: on.brokerUrl });
  const url = await listening(player);
  const script = await (await fetch(`${url}/player.js`)).text();
  // What only Node has would stop the program of the page in a browser.
  expect(script).not.toMatch(/\brequire\(|module\.exports|\bprocess\./);
  const sent = await fetch(`${url}/messages`, { method: 'POST', headers: attributes });
  expect(await sent.json()).toMatchObject({ type: 'SENT' });
  expect(on.deliveries).toHaveLength(1);
  const [stream] = (await once(http.get(`${url}/live`), 'response')) as [http.IncomingMessage];
  stream.resume();
  const ended = once(player, 'exit');
  player.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(stream.complete).toBe(true);
  await on.close();
});

test('a variable that means nothing ends the program with its name', async () => {
  const player = run({ PORT: '0', BROKER_URL: 'example-broker' });
  const [[line], [code]] = await Promise.all([once(createInterface({ input: player.stderr! }), 'line'), once(player, 'exit')]);
  expect(line).toBe('cloudevents-player: BROKER_URL is "example-broker": it must be an http or https URL');
  expect(code).toBe(1);
});
