import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pc from 'picocolors';
import { CountingExecutor, RealClock, VirtualClock } from '../../../../lib/base';
import { type AppRunner, loadApp } from '../../../../lib/cli/input/app-input';
import { locate } from '../../../../lib/cli/input/input-source';
import { errorBlock } from '../../../../lib/cli/output/error-block';
import { problemOf } from '../../../../lib/cli/output/problem';
import { bundleSynthChild, root, testRunner } from '../synth-child';
import { tempFolder } from '../temp-folder';

let childFile: string;
beforeAll(() => {
  childFile = bundleSynthChild();
});

const CONFIG = 'language: typescript\napp: npx ts-node main.ts\n';
const PREFIX = `import { ApiObject, App, Chart } from 'cdk8s';\nconst app = new App();\nconst chart = new Chart(app, 'c');\n`;
const SERVICE = `{ apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name: 'hello' } }`;

async function load(files: Record<string, string>, more: Partial<AppRunner> = {}, given = '.') {
  const folder = tempFolder({ 'cdk8s.yaml': CONFIG, ...files });
  const runner = testRunner(childFile, folder, more);
  const source = await locate(given, folder);
  if (source.kind !== 'app') throw new Error('not an app');
  return { folder, output: runner.output, input: await loadApp(source, runner) };
}

async function failure(files: Record<string, string>, more: Partial<AppRunner> = {}): Promise<string> {
  const outcome = await load(files, more).catch((error: unknown) => error);
  return errorBlock(problemOf(outcome), pc.createColors(false));
}

test('a TypeScript app is synthesized without a compiler, and its objects know their constructs', async () => {
  const { input, folder } = await load({
    'main.ts': `${PREFIX}import { names } from './names';
enum Kind { A = 'a' }
for (const name of names satisfies string[]) new ApiObject(chart, name, { apiVersion: 'v1', kind: 'Secret', metadata: { name, labels: { kind: Kind.A } } });
app.synth();`,
    'names.ts': `export const names: string[] = ['one', 'two'];`,
  });
  expect(input.objects.map(({ object, source }) => [object.kind, object.metadata.name, source])).toEqual([
    ['Secret', 'one', 'construct c/one'],
    ['Secret', 'two', 'construct c/two'],
  ]);
  expect([...input.files].sort()).toEqual([path.join(folder, 'main.ts'), path.join(folder, 'names.ts')]);
  expect(existsSync(path.join(folder, 'dist'))).toBe(false);
});

test.each([
  ['CommonJS', 'main.js', `const { ApiObject, App, Chart } = require('cdk8s');`],
  ['an ES module', 'main.mjs', `import { ApiObject, App, Chart } from 'cdk8s';`],
  ['TypeScript in a module package', 'main.ts', `import { ApiObject, App, Chart } from 'cdk8s';`],
])('%s app files are loaded too', async (_, name, imports) => {
  const code = `${imports}\nconst app = new App({ outdir: 'elsewhere' });\nnew ApiObject(new Chart(app, 'c'), 's', ${SERVICE});\napp.synth();\n`;
  const folder = tempFolder({ [name]: code, 'package.json': name === 'main.ts' ? '{"type":"module"}' : '{}' });
  // An ES module resolves its imports by itself.
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  const source = await locate(name, folder);
  const input = await loadApp(source as never, testRunner(childFile, folder));
  expect(input.objects.map(({ object }) => object.metadata.name)).toEqual(['hello']);
  expect(existsSync(path.join(folder, 'elsewhere'))).toBe(false);
});

test('./model.js in TypeScript means ./model.ts', async () => {
  const { input } = await load({
    'main.ts': `${PREFIX}import { name } from './model.js';\nnew ApiObject(chart, 's', { apiVersion: 'v1', kind: 'Secret', metadata: { name } });\napp.synth();`,
    'model.ts': `export const name = 'from-model';`,
  });
  expect(input.objects[0]!.object.metadata.name).toBe('from-model');
});

test('what constructs say under local: becomes programs, in the folder of the app', async () => {
  const { input, folder } = await load({
    'main.ts': `${PREFIX}import { Construct } from 'constructs';
const service = new Construct(chart, 'hello');
new ApiObject(service, 'Resource', { ...${SERVICE}, metadata: { name: 'hello', namespace: 'prod' } });
service.node.addMetadata('knative-constructs:local', { image: 'example.com/hello', command: ['node', 'server.js'], env: { A: '1' } });
service.node.addMetadata('knative-constructs:local', { image: 'example.com/side', command: ['node', 'x.js'], cwd: 'side', allowCommand: true });
app.synth();`,
  });
  expect(input.programs).toEqual([
    {
      namespace: 'prod',
      service: 'hello',
      image: 'example.com/hello',
      program: { command: ['node', 'server.js'], env: { A: '1' }, cwd: folder },
    },
    {
      namespace: 'prod',
      service: 'hello',
      image: 'example.com/side',
      program: { command: ['node', 'x.js'], allowCommand: true, cwd: path.join(folder, 'side') },
    },
  ]);
  expect(input.objects.map(({ source }) => source)).toEqual(['construct c/hello']);
});

test('the app has its own copy of cdk8s, and everything in the process has that one', async () => {
  const folder = tempFolder({
    'cdk8s.yaml': CONFIG,
    'node_modules/lib/index.js': `module.exports = require('cdk8s');`,
    'main.ts': `import * as own from 'cdk8s';\nconst viaLib = require('lib');\nconsole.log(own.App === viaLib.App ? 'same' : 'two', (own as any).marker);\nown.Yaml; const app = new own.App(); new own.Chart(app, 'c'); app.synth();`,
  });
  const copy = path.join(folder, 'node_modules/cdk8s');
  mkdirSync(copy, { recursive: true });
  writeFileSync(path.join(copy, 'package.json'), '{"name":"cdk8s","main":"index.js"}');
  writeFileSync(
    path.join(copy, 'index.js'),
    `module.exports = { ...require(${JSON.stringify(path.join(root, 'node_modules/cdk8s'))}), marker: 'own copy' };`,
  );
  const runner = testRunner(childFile, folder);
  await loadApp((await locate('.', folder)) as never, runner);
  expect(runner.output.join('')).toBe('same own copy\n');
});

describe('an app that fails is one readable block', () => {
  test('an exception names the line of the TypeScript file and no frame that is not the app’s', async () => {
    const text = await failure({
      'main.ts': `interface A { b?: { c: string } }\n\nfunction fail(a: A): string {\n  return a.b!.c;\n}\nfail({});\n`,
    });
    expect(text).toMatchInlineSnapshot(`
"error KNC1002 The app failed while it was synthesized
  TypeError: Cannot read properties of undefined (reading 'c')
  at main.ts:4:14
  at main.ts:6:1
  fix: Mend what the message says and save; what runs keeps running until then.
  see docs/errors.md#knc1002
"
`);
  });

  test('invalid constructs are told all at once, by construct', async () => {
    const text = await failure({
      'main.ts': `${PREFIX}const s = new ApiObject(chart, 'a', ${SERVICE});
s.node.addValidation({ validate: () => ['KNC1001 spec.x: missing field(s) — Set it.', 'KNC1001 spec.y: bad'] });
const t = new ApiObject(chart, 'b', { apiVersion: 'v1', kind: 'Secret' });
t.node.addValidation({ validate: () => ['not ours'] });
app.synth();`,
    });
    expect(text).toMatchInlineSnapshot(`
"error KNC1001 The app declares invalid objects
  construct c/a
    spec.x: missing field(s)
      fix: Set it.
    spec.y: bad
  construct c/b
    not ours
  fix: Change the field that the message names; the path is that of the synthesized object.
  see docs/errors.md#knc1001
"
`);
  });

  test('an error with a code keeps code, place and remedy', async () => {
    const text = await failure({
      'main.ts': `throw Object.assign(new Error('name is too long'), { name: 'KncError', code: 'KNC1001', where: 'app/hello', remedy: 'Shorten it.' });`,
    });
    expect(text).toMatchInlineSnapshot(`
"error KNC1001 name is too long
  app/hello
    in main.ts:1:34
  fix: Shorten it.
  see docs/errors.md#knc1001
"
`);
  });

  test('a syntax error names file and line', async () => {
    expect(await failure({ 'main.ts': `const a = 1;\nconst b = {;\n` })).toMatchInlineSnapshot(`
"error KNC1002 The app failed while it was synthesized
  SyntaxError: Unexpected token, expected ","
  at main.ts:3:1
  fix: If the syntax is right, run the app by its own command: --use-app-command.
  see docs/errors.md#knc1002
"
`);
  });

  test('a rejected promise counts', async () => {
    expect(await failure({ 'main.ts': `async function main() { await null; throw new Error('late'); }\nmain();` })).toContain(
      'late',
    );
  });

  test('an app that never calls synth', async () => {
    expect(await failure({ 'main.ts': `console.log('nothing to see');` })).toMatchInlineSnapshot(`
"error KNC1003 The app synthesized nothing
  main.ts
  fix: Call synth() on the cdk8s App at the end of the entry file.
  see docs/errors.md#knc1003
"
`);
  });

  test('a module that is not installed', async () => {
    expect(await failure({ 'main.ts': `import 'no-such-module';` })).toContain(`Cannot find module 'no-such-module'`);
  });

  test('no entry file', async () => {
    expect(await failure({ 'cdk8s.yaml': 'app: python main.py' })).toContain('KNC4004');
  });
});

test('the app gets neither secrets nor the home folder, unless they are named', async () => {
  const main = `${PREFIX}console.log(JSON.stringify([process.env.TOKEN ?? null, process.env.OTHER ?? null, process.env.HOME]));\napp.synth();`;
  const env = { ...process.env, TOKEN: 't', OTHER: 'o', HOME: '/home/me' };
  const { output } = await load({ 'main.ts': main }, { env, inheritEnv: ['OTHER'] });
  const [token, other, home] = JSON.parse(output.join('')) as string[];
  expect([token, other]).toEqual([null, 'o']);
  expect(home).not.toBe('/home/me');
});

test('warnings of our constructs are gathered; what the app prints is passed on', async () => {
  const main = `${PREFIX}process.emitWarning('[c/a] KNC1101 careful', { type: 'KnativeWarning', code: 'KNC1101' });\nconsole.log('out');\nconsole.error('err');\napp.synth();`;
  const { input, output } = await load({ 'main.ts': main });
  expect(input.warnings).toEqual(['[c/a] KNC1101 careful']);
  expect(output.join('').split('\n').filter(Boolean).sort()).toEqual(['err', 'out']);
});

test('the app’s own command runs it on request, also one that is not Node’s', async () => {
  const node = await load(
    {
      'cdk8s.yaml': `app: node app.js`,
      'app.js': `${PREFIX.replace(/import (.*) from (.*);/, 'const $1 = require($2);')}new ApiObject(chart, 's', ${SERVICE}); app.synth();`,
    },
    {
      useAppCommand: true,
      env: { ...process.env, NODE_PATH: path.join(root, 'node_modules') },
      inheritEnv: ['NODE_PATH'],
    },
  );
  expect(node.input.objects.map(({ source }) => source)).toEqual(['construct c/s']);
  const shell = await load(
    {
      'cdk8s.yaml': `app: 'mkdir -p $CDK8S_OUTDIR && cp s.yaml $CDK8S_OUTDIR'`,
      's.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: { name: sh }\n',
    },
    { useAppCommand: true },
  );
  expect(shell.input.objects.map(({ object }) => object.metadata.name)).toEqual(['sh']);
});

test('a command that fails shows what it printed', async () => {
  const text = await failure({ 'cdk8s.yaml': `app: 'echo no such thing >&2; exit 3'` }, { useAppCommand: true });
  expect(text).toContain('The app ended with exit code 3');
  expect(text).toContain('no such thing');
});

test('an app that does not end is ended after a minute, and is said to be waited for long before', async () => {
  const told: string[] = [];
  const executor = new CountingExecutor(() => {});
  const clock = new VirtualClock(executor);
  const started = new Promise<void>((resolve) => {
    failure(
      { 'main.ts': `console.log('up'); setInterval(() => {}, 1000);` },
      { clock, onOutput: (text) => resolve(void told.push(text)) },
    ).then((text) => {
      expect(text).toContain('KNC1004');
      expect(text).toContain('longer than 60 s');
      done();
    });
  });
  let done: () => void = () => {};
  const finished = new Promise<void>((resolve) => {
    done = resolve;
  });
  await started;
  await clock.advance(4_999);
  expect(told).toEqual(['up\n']);
  await clock.advance(1);
  expect(told[1]).toContain('still waiting for the app to end, up to 60 s');
  await clock.advance(55_000);
  await finished;
});

test('Ctrl-C ends the app, whatever it was started by, and leaves no folder', async () => {
  let interrupt: (() => void) | undefined;
  let folder = '';
  const outcome = load(
    { 'cdk8s.yaml': 'app: echo $CDK8S_OUTDIR; exec sleep 60' },
    {
      useAppCommand: true,
      onInterrupt: (fn) => {
        interrupt = fn;
        return () => {
          interrupt = undefined;
        };
      },
      onOutput: (text) => {
        folder = path.resolve(text.trim(), '../..');
        expect(existsSync(folder)).toBe(true);
        interrupt?.();
      },
    },
  );
  await expect(outcome).rejects.toMatchObject({ name: 'InterruptedError' });
  expect(interrupt).toBeUndefined();
  expect(existsSync(folder)).toBe(false);
});

test('an app is ended when knc ends', async () => {
  const aborting = new AbortController();
  const outcome = failure(
    { 'main.ts': `console.log('up'); setInterval(() => {}, 1000);` },
    { signal: aborting.signal, clock: new RealClock(), onOutput: () => aborting.abort(new Error('stopped')) },
  );
  expect(await outcome).toContain('stopped');
});

test('nothing is left behind in the folder for temporary files', async () => {
  const scratch = () => readdirSync(os.tmpdir()).filter((name) => name.startsWith('knc-synth-'));
  const before = new Set(scratch());
  await load({ 'main.ts': `${PREFIX}app.synth();` });
  expect(scratch().filter((name) => !before.has(name))).toEqual([]);
});
