import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { isMap, type Node, parseDocument, type YAMLMap } from 'yaml';

const HEAD = `# Which program stands for which image on this machine (knc images, knc dev).
# yaml-language-server: $schema=./node_modules/knative-constructs/dist/schemas/knc.images.json
`;

/** One entry, to be filled in. */
function stub(image: string, indent: string): string {
  const key = /^[\w./:@-]+$/.test(image) ? image : JSON.stringify(image);
  return `${indent}${key}:\n${indent}  command: [node, server.js] # what to run for this image\n`;
}

/** The text with the stubs at the end of its block of images; undefined if it is not written as a block. */
function inserted(text: string, entries: YAMLMap, images: readonly string[]): string | undefined {
  const first = (entries.items[0]?.key as Node | undefined)?.range?.[0];
  const end = entries.range?.[1];
  if (entries.flow || first === undefined || end === undefined) return undefined;
  const indent = ' '.repeat(first - (text.lastIndexOf('\n', first - 1) + 1));
  const before = text.slice(0, end).trimEnd();
  const rest = text.slice(before.length).replace(/^[^\n]*\n?/, '');
  const comment = /^[^\n]*/.exec(text.slice(before.length))![0];
  return `${before}${comment}\n${images.map((image) => stub(image, indent)).join('')}${rest}`;
}

/**
 * Adds an entry for each image to the file, which is made if it is not there; what it holds stays as it is, comments too.
 * @returns the images that were added: those that it names already are left alone
 */
export async function writeStubs(file: string, images: readonly string[]): Promise<string[]> {
  const text = existsSync(file) ? await readFile(file, 'utf8') : '';
  const document = parseDocument(text);
  const added = [...new Set(images)].filter((image) => !document.hasIn(['images', image]));
  if (added.length === 0) return [];
  const entries = document.get('images', true);
  const block = isMap(entries) ? inserted(text, entries, added) : undefined;
  if (block !== undefined) {
    await writeFile(file, block);
  } else if (isMap(entries) && entries.items.length > 0) {
    for (const image of added) document.setIn(['images', image], { command: ['node', 'server.js'] });
    await writeFile(file, document.toString({ lineWidth: 0 }));
  } else {
    // There is no image yet: all that may stand there is comments, and `images` with nothing in it.
    const kept = text.replace(/^images:.*\n?/m, '');
    await writeFile(file, `${kept || HEAD}images:\n${added.map((image) => stub(image, '  ')).join('')}`);
  }
  return added;
}
