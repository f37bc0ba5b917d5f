import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KncError } from '../../../../lib/base';
import { ImageMap, type ImageMapOptions } from '../../../../lib/local/images';

const FILE = '/repo/apps/knc.images.yaml';

function failure(text: string, options: ImageMapOptions = {}, file = FILE): KncError {
  try {
    ImageMap.parse(text, file, options);
  } catch (error) {
    if (KncError.is(error)) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test('entries say command, folder, environment and whether a command may be replaced', () => {
  const map = ImageMap.parse(
    `images:
  ghcr.io/acme/app:
    command: [node, dist/server.js]
    cwd: services/app
    env: { LEVEL: debug }
    allowCommand: true
  "ghcr.io/acme/*":
    command:
      - ./worker`,
    FILE,
  );
  expect(map.find('ghcr.io/acme/app@sha256:ab')).toEqual({
    command: ['node', 'dist/server.js'],
    cwd: '/repo/apps/services/app',
    env: { LEVEL: 'debug' },
    allowCommand: true,
  });
  expect(map.find('ghcr.io/acme/other:v1')).toEqual({ command: ['./worker'], cwd: '/repo/apps' });
  expect(map.find('ghcr.io/else/other')).toBeUndefined();
});

test('an exact reference comes before patterns, patterns in the order of the file', () => {
  const map = ImageMap.parse(
    `images:\n  "a/*": { command: [one] }\n  "a/b*": { command: [two] }\n  a/bc: { command: [three] }`,
    FILE,
  );
  expect(map.find('a/bc')?.command).toEqual(['three']);
  expect(map.find('a/bd')?.command).toEqual(['one']);
});

test.each(['', 'images:', 'images: {}'])('a file with nothing in it (%p) maps nothing', (text) => {
  expect(ImageMap.parse(text, FILE).find('a')).toBeUndefined();
});

test.each<[string, string, number, string]>([
  ['an unknown key', 'image:\n  a: {}', 1, 'image: unknown key; known are images'],
  ['a missing command', 'images:\n  a:\n    cwd: x', 3, 'images."a".command: missing'],
  ['a command that is text', 'images:\n  a:\n    command: node x', 3, 'images."a".command: expected a list of strings'],
  ['a number in a command', 'images:\n  a:\n    command: [serve, 8080]', 3, 'expected a string; quote it: "8080"'],
  ['a misspelt key of an entry', 'images:\n  a:\n    command: [x]\n    cmd: y', 4, 'images."a".cmd: unknown key'],
  ['an entry that is text', 'images:\n  a: node', 2, 'images."a": expected an object'],
  [
    'an environment value that is no text',
    'images:\n  a:\n    command: [x]\n    env:\n      N: 1',
    5,
    'images."a".env.N: expected a string',
  ],
  ['a boolean that is none', 'images:\n  a:\n    command: [x]\n    allowCommand: maybe', 4, 'expected true or false'],
  ['broken YAML', 'images:\n  a: [', 2, ''],
])('%s is refused with file and line', (_what, text, line, message) => {
  const error = failure(text);
  expect(error.code).toBe('KNC3201');
  expect(error.where).toBe(`${FILE}:${line}`);
  expect(error.message).toContain(message);
});

describe('paths', () => {
  test.each([
    ['a folder outside', 'cwd: ../..'],
    ['a program outside', 'command: [../../evil]'],
    ['an argument outside', 'command: [node, ../../evil.js]'],
    ['an absolute program', 'command: [/usr/bin/evil]'],
    ['a way out in the middle', 'command: [node, src/../../../evil.js]'],
  ])('%s of the repository is refused', (_what, line) => {
    const text = `images:\n  a:\n    ${line.startsWith('cwd') ? 'command: [x]\n    ' : ''}${line}`;
    expect(failure(text, { root: '/repo' }).code).toBe('KNC3202');
    expect(() => ImageMap.parse(text, FILE, { root: '/repo', trusted: true })).not.toThrow();
  });

  test('a folder beside the file is inside if the repository is', () => {
    const text = 'images:\n  a: { command: [node, ../lib/server.js], cwd: ../lib }';
    expect(() => ImageMap.parse(text, FILE, { root: '/repo' })).not.toThrow();
    expect(failure(text).code).toBe('KNC3202');
  });

  test('a link that leads outside is outside', () => {
    const root = mkdtempSync(join(tmpdir(), 'knc-images-'));
    const outside = mkdtempSync(join(tmpdir(), 'knc-outside-'));
    mkdirSync(join(root, 'in'));
    symlinkSync(outside, join(root, 'out'));
    const file = join(root, 'knc.images.yaml');
    expect(() => ImageMap.parse('images:\n  a: { command: [x], cwd: in }', file)).not.toThrow();
    expect(failure('images:\n  a: { command: [x], cwd: out }', {}, file).code).toBe('KNC3202');
  });

  test('a file that is not there is said to be missing', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'knc-images-')), 'none.yaml');
    expect(() => ImageMap.load(file)).toThrow(/cannot read .*none\.yaml/);
    writeFileSync(file, 'images:\n  a: { command: [x] }');
    expect(ImageMap.load(file).find('a')?.command).toEqual(['x']);
  });
});
