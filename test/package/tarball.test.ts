import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');
const consumer = mkdtempSync(path.join(os.tmpdir(), 'knc-consumer-'));
const installed = path.join(consumer, 'node_modules/knative-constructs');
let tarball = '';

const node = (...args: string[]): string =>
  execFileSync(process.execPath, args, { cwd: consumer, encoding: 'utf8', stdio: 'pipe' });
const write = (file: string, text: string) => {
  mkdirSync(path.dirname(path.join(consumer, file)), { recursive: true });
  writeFileSync(path.join(consumer, file), text);
};

const PROGRAM = `
import { App, Chart, Testing } from 'cdk8s';
import { KnService, TrafficSplit } from 'knative-constructs';
import { Testbed } from 'knative-constructs/testing';
import * as pulumi from 'knative-constructs/pulumi';
import { KnativePlatform } from 'knative-constructs/platform';
import { validate } from 'knative-constructs/api';
const chart: Chart = new Chart(new App(), 'chart');
const hello: KnService = new KnService(chart, 'hello', { image: 'example.com/hello' });
export const parts: unknown[] = [hello, TrafficSplit, Testbed, pulumi.KnService, KnativePlatform, validate, Testing.synth(chart)];
`;

beforeAll(() => {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', consumer], { cwd: root, encoding: 'utf8' }),
  );
  tarball = path.join(consumer, packed.filename);
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['xzf', tarball, '--strip-components=1', '-C', installed]);
  for (const name of ['cdk8s', 'cdk8s-plus-27', 'constructs', 'typescript', '@types', '@pulumi', 'jest', '@swc']) {
    symlinkSync(path.join(root, 'node_modules', name), path.join(consumer, 'node_modules', name));
  }
  write('package.json', '{ "private": true }');
  write('program.ts', PROGRAM);
  cpSync(path.join(consumer, 'program.ts'), path.join(consumer, 'program.mts'));
});

afterAll(() => rmSync(consumer, { recursive: true, force: true }));

test('the tarball stays within its budget: 1.5 MB packed, 6 MB unpacked', () => {
  const unpacked = readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0);
  expect(statSync(tarball).size).toBeLessThan(1.5e6);
  expect(unpacked).toBeLessThan(6e6);
});

test('it depends on nothing that an app repository would have to install beside its peers', () => {
  const manifest = JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8'));
  expect(manifest.dependencies ?? {}).toEqual({});
  expect(manifest.scripts.postinstall ?? manifest.scripts.install).toBeUndefined();
});

test.each([
  ['the cdk8s template (CommonJS, node10)', { target: 'ES2017', module: 'CommonJS', lib: ['es2022'] }, 'program.ts'],
  ['Node ESM (node16)', { target: 'ES2022', module: 'Node16', moduleResolution: 'Node16' }, 'program.mts'],
  ['a bundler', { target: 'ES2022', module: 'ES2022', moduleResolution: 'Bundler' }, 'program.ts'],
])('it compiles under the tsconfig of %s', (_, options, file) => {
  const compilerOptions = {
    ...options,
    strict: true,
    noEmit: true,
    types: ['node'],
    esModuleInterop: true,
    noImplicitAny: true,
    skipLibCheck: false,
    experimentalDecorators: true,
  };
  write('tsconfig.json', JSON.stringify({ compilerOptions, files: [file] }));
  expect(compile()).toEqual([]);
});
test('every TypeScript example of the README compiles', () => {
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);
  expect(examples.length).toBeGreaterThan(3);
  const files = examples.map((code, i) => {
    const declare = (name: string, type: string) =>
      new RegExp(`(const|class) ${name}\\b`).test(code) ? '' : `declare const ${name}: ${type};\n`;
    const known = [
      declare('chart', "import('cdk8s').Chart"),
      declare('hello', "import('knative-constructs').KnService"),
      code.includes('import { TrafficSplit') || !code.includes('TrafficSplit')
        ? ''
        : "declare const TrafficSplit: typeof import('knative-constructs').TrafficSplit;\n",
    ];
    write(`readme/${i}.ts`, `${known.join('')}${code}\nexport {};\n`);
    return `readme/${i}.ts`;
  });
  const options = {
    target: 'ES2022',
    module: 'CommonJS',
    strict: true,
    noEmit: true,
    types: ['node', 'jest'],
    skipLibCheck: true,
  };
  write('tsconfig.json', JSON.stringify({ compilerOptions: options, files }));
  expect(compile()).toEqual([]);
});

test('CommonJS, ESM and every entry point share one instance of each class', () => {
  write(
    'identity.mjs',
    `import { createRequire } from 'node:module';
     const require = createRequire(import.meta.url);
     const esm = await import('knative-constructs');
     const { App, Chart } = require('cdk8s');
     const { Testbed } = await import('knative-constructs/testing');
     const cjs = require('knative-constructs');
     const service = new cjs.KnService(new Chart(new App(), 'c'), 's', { image: 'example.com/x' });
     console.log(esm.KnService === cjs.KnService, service instanceof esm.KnService, typeof Testbed.start,
       (await import('knative-constructs/testing')).Testbed === require('knative-constructs/testing').Testbed);`,
  );
  expect(node('identity.mjs').trim()).toBe('true true function true');
});

test('the platform is made by the construct and by knc alike', () => {
  write(
    'platform.mjs',
    `import { createRequire } from 'node:module';
     const require = createRequire(import.meta.url);
     const { App, Testing } = require('cdk8s');
     const { KnativePlatform } = await import('knative-constructs/platform');
     const { chart } = new KnativePlatform(new App(), 'platform', { domain: 'example.com' });
     console.log(JSON.stringify(Testing.synth(chart).map(({ kind }) => kind)));`,
  );
  const kinds: string[] = JSON.parse(node('platform.mjs'));
  expect(kinds).toEqual(expect.arrayContaining(['Namespace', 'StatefulSet', 'ClusterRole', 'NetworkPolicy']));
  const printed = node(path.join(installed, 'dist/bin/knc.js'), 'platform', '--domain', 'example.com', '--without-crds');
  expect(printed.match(/^kind: \w+$/gm)).toHaveLength(kinds.length);
});

test('requiring the constructs loads nothing of the runtime', () => {
  write(
    'loaded.js',
    `require('cdk8s');
     const before = new Set(Object.keys(require.cache));
     require('knative-constructs');
     console.log(JSON.stringify(Object.keys(require.cache).filter((file) => !before.has(file))));`,
  );
  const files: string[] = JSON.parse(node('loaded.js'));
  const inside = files.filter((file) => file.includes('knative-constructs'));
  expect(files.filter((file) => !inside.includes(file))).toEqual([]);
  expect(
    inside.filter((file) => /dist\/(bin|lib\/(control|gateway|kube|local|cli|roles)|constructs\/(testing|pulumi))\//.test(file)),
  ).toEqual([]);
});

test('a jest consumer can drive a chart in the Testbed', () => {
  write(
    'jest/hello.test.js',
    `const { App, Chart } = require('cdk8s');
     const { KnService } = require('knative-constructs');
     const { Testbed } = require('knative-constructs/testing');
     test('hello', async () => {
       const chart = new Chart(new App(), 'c');
       const hello = new KnService(chart, 'hello', { image: 'example.com/hello' });
       const bed = await Testbed.start(chart, { stubs: [Testbed.stub(hello, () => new Response('hi'))] });
       expect(await (await bed.fetch(hello)).text()).toBe('hi');
       await bed.stop();
     });`,
  );
  write('jest.config.js', `module.exports = { roots: ['<rootDir>/jest'], testEnvironment: 'node' };`);
  const { status, output } = jest();
  expect({ status, output }).toEqual({ status: 0, output: expect.stringContaining('1 passed') });
});

/** What the compiler finds wrong here or in this package; it also looks into cdk8s' and Pulumi's own declarations. */
function compile(): string[] {
  const { stdout } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], {
    cwd: consumer,
    encoding: 'utf8',
  });
  return stdout.split('\n').filter((line) => /^(program|readme|error|node_modules\/knative-constructs)/.test(line));
}

function jest(): { status: number | null; output: string } {
  const { status, stderr } = spawnSync(process.execPath, ['node_modules/jest/bin/jest.js', '--ci'], {
    cwd: consumer,
    encoding: 'utf8',
  });
  return { status, output: stderr };
}

test('the command runs as npm installs it: by the link in node_modules/.bin', () => {
  const { bin } = JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8'));
  chmodSync(path.join(installed, bin.knc), 0o755);
  symlinkSync(path.join(installed, bin.knc), path.join(consumer, 'knc'));
  expect(execFileSync(path.join(consumer, 'knc'), ['--version'], { encoding: 'utf8' })).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('the command runs from the tarball', () => {
  expect(node('node_modules/knative-constructs/dist/bin/knc.js', '--version').trim()).toBe(
    JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8')).version,
  );
  expect(node('node_modules/knative-constructs/dist/bin/knc.js', 'crds')).toContain('services.serving.knative.dev');
});
