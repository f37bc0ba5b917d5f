import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(__dirname, '../../..');
const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };

interface Bill {
  readonly serialNumber: string;
  readonly metadata: { readonly component: { readonly purl: string; readonly version: string } };
  readonly components: readonly {
    readonly purl: string;
    readonly version: string;
    readonly licenses: readonly unknown[];
    readonly hashes?: readonly unknown[];
  }[];
}

let folder: string;
let told: string;
const make = (name: string): string =>
  execFileSync(process.execPath, [path.join(root, 'image/build.mjs'), '--context', path.join(folder, name)], {
    encoding: 'utf8',
  });
const read = (file: string): string => fs.readFileSync(path.join(folder, file), 'utf8');
const filesOf = (name: string): string[] =>
  fs
    .readdirSync(path.join(folder, name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(path.join(folder, name), path.join(entry.parentPath, entry.name)))
    .sort();
const knc = (args: readonly string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, [path.join(folder, 'one/app/knc.js'), ...args], { encoding: 'utf8', cwd: folder, env });

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'knc-context-'));
  told = make('one');
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

test('what is put on top of the base is small, and told', () => {
  const [, size] = /^context: ([\d.]+) MiB on top of the base, \d+ packages in its SBOM$/m.exec(told) ?? [];
  expect(Number(size)).toBeGreaterThan(1);
  expect(Number(size)).toBeLessThan(12);
});

test('it holds the bundle, the library of durable events, and what says what is in it; no tools of developers', () => {
  const files = filesOf('one');
  expect(files.filter((file) => !file.includes('node_modules/'))).toEqual([
    '.knc-image-context',
    'Dockerfile',
    ...[
      'LICENSE',
      'THIRD-PARTY-LICENSES',
      'knc.js',
      'package.json',
      'queue.js',
      'runtime.js',
      'sbom.cdx.json',
      'vendor/@peculiar/x509.js',
      'vendor/jsonata.js',
    ].map((file) => `app/${file}`),
  ]);
  expect(files.filter((file) => file.endsWith('.node'))).toHaveLength(1);
  for (const name of ['cdk8s', 'constructs', 'typescript', 'sucrase'])
    expect(read('one/app/sbom.cdx.json')).not.toContain(`npm/${name}@`);
});

test('the bill of materials names every package with version, licence, hash and purl', () => {
  const bill = JSON.parse(read('one/app/sbom.cdx.json')) as Bill;
  expect(bill.metadata.component).toMatchObject({ purl: `pkg:npm/knative-constructs@${version}`, version });
  const names = bill.components.map(({ purl }) => purl.replace(/@[^@]*$/, ''));
  expect(names).toEqual([...names].sort());
  expect(names).toEqual(
    expect.arrayContaining(['pkg:npm/undici', 'pkg:npm/lmdb', 'pkg:npm/jsonata', 'pkg:npm/%40marcbachmann/cel-js']),
  );
  for (const one of bill.components) {
    expect(one).toMatchObject({ version: expect.stringMatching(/^\d/), purl: expect.stringContaining(`@${one.version}`) });
    expect([one.purl, one.licenses.length, one.hashes?.length]).toEqual([one.purl, 1, 1]);
  }
  const licences = read('one/app/THIRD-PARTY-LICENSES');
  for (const { purl } of bill.components)
    expect(licences).toContain(decodeURIComponent(purl.slice('pkg:npm/'.length)).replace(/@(?=\d)/, ' '));
});

test('the same sources give the same bytes', () => {
  make('two');
  expect(filesOf('two')).toEqual(filesOf('one'));
  for (const file of filesOf('one')) expect([file, read(`two/${file}`)]).toEqual([file, read(`one/${file}`)]);
});

test('a context is made anew, but a folder with anything else in it is left as it is', () => {
  const context = path.join(folder, 'three');
  fs.mkdirSync(context);
  make('three');
  fs.writeFileSync(path.join(context, 'app/old'), '');
  make('three');
  expect(filesOf('three')).toEqual(filesOf('one'));
  fs.mkdirSync(path.join(folder, 'mine'));
  fs.writeFileSync(path.join(folder, 'mine/work'), '');
  expect(() => make('mine')).toThrow(/mine: it is not empty, .*Name a new or an empty folder; nothing was changed/);
  expect(() => make('mine/work')).toThrow('is not a folder');
  expect(filesOf('mine')).toEqual(['work']);
});

test('it knows its version, and has the one command that it is for', () => {
  expect(knc(['--version']).stdout).toBe(`${version}\n`);
  expect(knc(['run', '--help']).stdout).toContain('--role');
  expect(knc(['validate', 'x.yaml']).status).toBe(2);
});

test('outside a pod it says what it misses', () => {
  const { status, stderr } = knc(['run'], { POD_NAME: 'a', POD_IP: '10.0.0.1' });
  expect(status).toBe(1);
  expect(stderr).toContain('POD_NAMESPACE');
  const pod = { POD_NAME: 'a', POD_NAMESPACE: 'b', POD_IP: '10.0.0.1' };
  expect(knc(['run'], pod).stderr).toContain('KNC4021');
});

test('the Dockerfile gives up all rights, and takes any base', () => {
  const dockerfile = read('one/Dockerfile');
  expect(dockerfile).toMatch(/^ARG BASE=node:\d+-slim$/m);
  expect(dockerfile).toMatch(/^USER 65532:65532$/m);
  expect(dockerfile).not.toMatch(/^RUN /m);
});
