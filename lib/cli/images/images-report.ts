import path from 'node:path';
import type { Style } from '../output/style';
import type { ImageMeaning, Meaning } from './meanings';

const SAYS: Readonly<Record<Meaning, string>> = {
  local: 'said by its construct',
  map: 'mapped',
  sample: 'bundled sample',
  engine: 'run as a container',
  none: 'means nothing here',
};

export interface ReportContext {
  /** The knc.images.yaml that counts, or would. */
  readonly file: string;
  /** Images for which a stub was added. */
  readonly written: readonly string[];
  readonly cwd: string;
}

function howText({ meaning, command, cwd, engine }: ImageMeaning, context: ReportContext): string[] {
  if (meaning === 'engine') return [`by ${engine}`];
  if (!command) return [];
  const relative = cwd === undefined ? '' : path.relative(context.cwd, cwd);
  const shown = command.map((part) => (part === process.execPath ? 'node' : path.isAbsolute(part) ? path.basename(part) : part));
  return [`${shown.join(' ')}${relative ? `  (in ${relative})` : ''}`];
}

function stub(images: readonly string[]): string {
  return ['images:', ...images.flatMap((image) => [`  ${JSON.stringify(image)}:`, '    command: [node, server.js]'])].join('\n');
}

/** Each image, what it means and who uses it; then how to map those that mean nothing. */
export function imagesReport(found: readonly ImageMeaning[], context: ReportContext, style: Style): string {
  if (found.length === 0) return 'The input names no image.\n';
  const blocks = found.map((entry) => {
    const { image, meaning, usedBy } = entry;
    const colour = meaning === 'none' ? style.red : style.green;
    const says = meaning === 'map' ? `${SAYS.map} in ${context.file}` : SAYS[meaning];
    const lines = [`${colour(says)}`, ...howText(entry, context), style.dim(`used by ${usedBy.join(', ')}`)];
    return `${style.bold(image)}\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
  });
  const open = found
    .filter(({ image, meaning }) => meaning === 'none' && !context.written.includes(image))
    .map(({ image }) => image);
  const tail = [
    ...(context.written.length > 0
      ? [
          `${context.file}: added ${context.written.length === 1 ? 'a stub' : `${context.written.length} stubs`}; say there what to run.\n`,
        ]
      : []),
    ...(open.length > 0
      ? [
          `Say in ${context.file} which program stands for an image, or let --write add this:\n\n${style.cyan(stub([...new Set(open)]))}\n`,
        ]
      : []),
  ];
  return [...blocks, ...tail].join('\n');
}
