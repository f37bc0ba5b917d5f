import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { appCheck } from '../../../../lib/cli/doctor/app-check';
import type { Check } from '../../../../lib/cli/doctor/check';
import type { Machine } from '../../../../lib/cli/doctor/machine';
import { machineChecks } from '../../../../lib/cli/doctor/machine-checks';
import { stateChecks } from '../../../../lib/cli/doctor/state-checks';
import { main } from '../../../../lib/cli/main';
import { processStart } from '../../../../lib/local/state';
import { FakeIo } from '../fake-io';
import { root } from '../synth-child';
import { tempFolder } from '../temp-folder';

const named = (name: string): Check => [...machineChecks, ...stateChecks, appCheck].find((check) => check.name === name)!;

/** A machine on which all is well, but for what a test says. */
function machine(more: Partial<Machine> = {}): Machine {
  const cwd = more.cwd ?? tempFolder();
  return {
    nodeVersion: '20.19.0',
    platform: 'linux',
    cwd,
    env: { PATH: '' },
    stateFolder: path.join(cwd, '.knc'),
    tmpFolder: cwd,
    ownFolder: root,
    listenError: async () => undefined,
    lookup: async () => ['127.0.0.1'],
    output: async () => undefined,
    readText: (file) => {
      try {
        return readFileSync(file, 'utf8');
      } catch {
        return undefined;
      }
    },
    isWritable: () => true,
    load: () => ({}),
    ...more,
  };
}

const check = (name: string, more: Partial<Machine> = {}) => named(name).run(machine(more));

test.each<[string, Partial<Machine>, string, RegExp]>([
  ['Node.js', {}, 'ok', /^20\.19\.0$/],
  ['Node.js', { nodeVersion: '20.18.1' }, 'fail', /too old/],
  ['Node.js', { nodeVersion: '18.20.0' }, 'fail', /too old/],
  ['Node.js', { nodeVersion: '24.1.0' }, 'ok', /24/],
  ['gateway port', {}, 'ok', /^80 is free$/],
  [
    'gateway port',
    { listenError: async (_, port) => (port === 80 ? 'EACCES' : undefined) },
    'ok',
    /^8080 is free; 80 may only be used by the administrator$/,
  ],
  ['gateway port', { listenError: async () => 'EADDRINUSE' }, 'warn', /80 is used by another program; 8080 is used/],
  ['loopback', { listenError: async () => 'EADDRNOTAVAIL' }, 'fail', /127\.0\.0\.1 cannot be listened on/],
  ['loopback', { listenError: async (host) => (host === '::1' ? 'EADDRNOTAVAIL' : undefined) }, 'ok', /no ::1/],
  ['names', {}, 'ok', /lead to this machine/],
  ['names', { lookup: async (name) => (name.endsWith('.localhost') ? ['::1'] : []) }, 'ok', /sslip\.io does not/],
  ['names', { lookup: async () => [] }, 'warn', /neither/],
  ['names', { lookup: async () => ['203.0.113.7'] }, 'warn', /neither/],
  ['containers', {}, 'ok', /no podman or docker/],
  ['kubectl', { output: async () => 'Client Version: v1.32.4\nKustomize Version: v5' }, 'ok', /^v1\.32\.4$/],
  ['kn', {}, 'ok', /not on PATH/],
  [
    'state store',
    {
      load: () => {
        throw new Error('no binary\nat x');
      },
    },
    'warn',
    /does not load: no binary$/,
  ],
  ['write access', { isWritable: () => false }, 'fail', /cannot be written/],
  ['file watching', { platform: 'darwin' }, 'ok', /no limit/],
  ['file watching', { readText: (file) => (file.endsWith('watches') ? '8192' : '128') }, 'warn', /^8192 watches, 128 instances/],
])('%s %p: %s', async (name, more, level, text) => {
  const result = await check(name, more);
  expect(result).toMatchObject({ level, text: expect.stringMatching(text) });
  expect(result.remedy !== undefined).toBe(level !== 'ok');
});

test('an engine on PATH that does not answer is a warning', async () => {
  const bin = tempFolder({ docker: '' });
  chmodSync(path.join(bin, 'docker'), 0o755);
  expect(await check('containers', { env: { PATH: bin } })).toMatchObject({
    level: 'warn',
    text: expect.stringContaining('does not answer'),
  });
  expect(await check('containers', { env: { PATH: bin }, output: async () => '27.1\n' })).toMatchObject({
    level: 'ok',
    text: 'docker 27.1',
  });
});

describe('the state folder', () => {
  const inFolder = (files: Record<string, string>, more: Partial<Machine> = {}) => {
    const cwd = tempFolder(Object.fromEntries(Object.entries(files).map(([name, text]) => [`.knc/${name}`, text])));
    return (name: string) => check(name, { cwd, ...more });
  };
  const holder = (pid: number, started = processStart(pid)) =>
    JSON.stringify({ pid, started, since: '2026-01-01T00:00:00Z', gateway: 'http://127.0.0.1:8080' });

  test('that is not there yet is fine', async () => {
    expect(await check('state folder')).toEqual({ level: 'ok', text: 'none yet; knc dev makes .knc' });
  });

  test('says who holds it', async () => {
    const held = inFolder({ lock: holder(process.pid) });
    expect((await held('state folder')).text).toContain(
      `in use by process ${process.pid} since 2026-01-01T00:00:00Z, gateway http://127.0.0.1:8080`,
    );
    const left = inFolder({ lock: holder(process.pid, 'another start') });
    expect((await left('state folder')).text).toContain('which has ended');
  });

  test.each([
    ['a format of the future', { 'store/format': '99' }, 'fail', /format 99/],
    ['a damaged format', { 'store/format': 'x' }, 'fail', /damaged/],
    ['a store that was set aside', { 'store/format': '1', 'store.corrupt-2026/a': '' }, 'warn', /set aside/],
  ])('%s is told', async (_, files, level, text) => {
    expect(await inFolder(files as unknown as Record<string, string>)('state folder')).toMatchObject({
      level,
      text: expect.stringMatching(text),
    });
  });

  test('that cannot be written is a failure', async () => {
    expect(await inFolder({ x: '' }, { isWritable: () => false })('state folder')).toMatchObject({ level: 'fail' });
  });

  test('what a killed run has left is a warning, what a running one has is not', async () => {
    const journal = `+ ${process.pid} ${processStart(process.pid)}\n+ 99999999 gone\n`;
    expect(await inFolder({ processes: journal })('left-overs')).toMatchObject({
      level: 'warn',
      text: expect.stringContaining(`process ${process.pid}`),
    });
    expect(await inFolder({ processes: journal, lock: holder(process.pid) })('left-overs')).toMatchObject({ level: 'ok' });
    expect(await inFolder({ processes: '+ 99999999 gone\n' })('left-overs')).toMatchObject({ level: 'ok' });
  });
});

describe('the app of the folder', () => {
  const app = (files: Record<string, string>) => check('app', { cwd: tempFolder(files) });
  const pkg = (version: string) => JSON.stringify({ version });

  test('is found with its versions, without running it', async () => {
    const files = {
      'cdk8s.yaml': 'app: npx ts-node main.ts\n',
      'main.ts': 'throw new Error("run");',
      'node_modules/cdk8s/package.json': pkg('2.70.0'),
      'node_modules/constructs/package.json': pkg('10.4.0'),
    };
    expect(await app(files)).toEqual({ level: 'ok', text: 'main.ts; cdk8s 2.70.0, constructs 10.4.0' });
  });

  test('with two copies of constructs loses objects, and is told so', async () => {
    const files = {
      'cdk8s.yaml': 'app: node main.js\n',
      'main.js': '',
      'node_modules/cdk8s/package.json': pkg('2.70.0'),
      'node_modules/cdk8s/node_modules/constructs/package.json': pkg('10.3.0'),
      'node_modules/constructs/package.json': pkg('10.4.0'),
    };
    expect(await app(files)).toMatchObject({ level: 'fail', text: 'two copies are installed: constructs 10.4.0 and 10.3.0' });
  });

  test.each([
    ['no entry file', { 'cdk8s.yaml': 'language: typescript\n' }, 'fail'],
    ['a command without a file', { 'cdk8s.yaml': 'app: make synth\n' }, 'warn'],
    ['a broken cdk8s.yaml', { 'cdk8s.yaml': 'app: [\n' }, 'fail'],
    ['nothing', {}, 'ok'],
    ['YAML', { 'a.yaml': 'a: 1\n' }, 'ok'],
  ])('%s: %s', async (_, files, level) => {
    expect((await app(files as Record<string, string>)).level).toBe(level);
  });
});

describe('knc doctor', () => {
  test('prints every check once and a summary, and changes nothing', async () => {
    const cwd = tempFolder();
    const io = new FakeIo({ cwd, env: process.env });
    const code = await main(['doctor'], io);
    for (const { name } of [...machineChecks, ...stateChecks, appCheck]) expect(io.stdoutText.split(` ${name} `)).toHaveLength(2);
    expect(io.stderrText).toBe('');
    expect([0, 1]).toContain(code);
  });

  test('ends with 1 only if something fails; --json is one document', async () => {
    const cwd = tempFolder();
    mkdirSync(path.join(cwd, 'state/store'), { recursive: true });
    writeFileSync(path.join(cwd, 'state/store/format'), '99');
    const io = new FakeIo({ cwd, env: process.env });
    expect(await main(['doctor', '--state', 'state', '--json'], io)).toBe(1);
    const { ok, checks } = JSON.parse(io.stdoutText);
    expect(ok).toBe(false);
    expect(checks.find(({ name }: { name: string }) => name === 'state folder')).toMatchObject({
      level: 'fail',
      remedy: expect.any(String),
    });
  });
});
