import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { writeStubs } from '../../../../lib/cli/images/write-stubs';
import { tempFolder } from '../temp-folder';

async function after(text: string | undefined, images: string[]) {
  const folder = tempFolder(text === undefined ? {} : { 'knc.images.yaml': text });
  const file = path.join(folder, 'knc.images.yaml');
  const added = await writeStubs(file, images);
  return { added, text: readFileSync(file, 'utf8') };
}
const STUB = 'command: [node, server.js] # what to run for this image';

test.each([
  ['a block', 'images:\n  a: { command: [x,  y] } # why\n', `images:\n  a: { command: [x,  y] } # why\n  b/c:1:\n    ${STUB}\n`],
  [
    'four spaces',
    'images:\n    a:\n        command: [x]\n',
    `images:\n    a:\n        command: [x]\n    b/c:1:\n      ${STUB}\n`,
  ],
  ['no newline at the end', 'images:\n  a: { command: [x] }', `images:\n  a: { command: [x] }\n  b/c:1:\n    ${STUB}\n`],
  ['no images yet', '# mine\nimages:\n', `# mine\nimages:\n  b/c:1:\n    ${STUB}\n`],
  ['braces', 'images: { a: { command: [x] } }\n', 'images: { a: { command: [ x ] }, b/c:1: { command: [ node, server.js ] } }\n'],
])('an entry goes to the end of %s', async (_, before, text) => {
  expect(await after(before, ['b/c:1'])).toEqual({ added: ['b/c:1'], text });
  expect(Object.keys(parse(text).images)).toContain('b/c:1');
});

test('a new file says what it is and names its schema', async () => {
  const { text } = await after(undefined, ['a b', 'c']);
  expect(text).toContain('yaml-language-server: $schema=');
  expect(Object.keys(parse(text).images)).toEqual(['a b', 'c']);
});

test('an image that is there already is left alone, and the file with it', async () => {
  const before = 'images:\n  a: {command: [x]}\n';
  expect(await after(before, ['a'])).toEqual({ added: [], text: before });
});
