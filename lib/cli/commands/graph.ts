import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { nearest } from '../../api';
import { RealClock } from '../../base';
import { preview } from '../../roles/preview';
import { appRunner } from '../app-runner';
import type { Invocation } from '../command-spec';
import { exitCodes } from '../exit-codes';
import { buildGraph, type Children } from '../graph/build-graph';
import type { Graph } from '../graph/graph';
import { mermaid } from '../graph/mermaid';
import { checkObjects } from '../input/check-objects';
import { InputLoader } from '../input/input-loader';
import type { Io } from '../io';
import { printable } from '../output/printable';
import { UsageError } from '../usage-error';

const FORMATS = ['mermaid', 'json', 'svg'] as const;
type Format = (typeof FORMATS)[number] | 'markdown';
const SUFFIXES: Readonly<Record<string, Format>> = {
  '.mmd': 'mermaid',
  '.mermaid': 'mermaid',
  '.json': 'json',
  '.svg': 'svg',
  '.md': 'markdown',
};

/** A format for stdout, or a file whose suffix says the format. */
function target(output: string): { readonly format: Format; readonly file?: string } {
  const format = FORMATS.find((one) => one === output);
  if (format) return { format };
  const bySuffix = SUFFIXES[path.extname(output).toLowerCase()];
  if (bySuffix) return { format: bySuffix, file: output };
  const meant = nearest(output, FORMATS);
  const known = `${FORMATS.join(', ')} or a file that ends in ${Object.keys(SUFFIXES).join(', ')}`;
  throw new UsageError(`--output ${output} is none of ${known}${meant ? `\n(Did you mean ${meant}?)` : ''}`);
}

async function render(graph: Graph, format: Format, title: string): Promise<string> {
  if (format === 'json') return `${JSON.stringify(graph, null, 2)}\n`;
  if (format === 'mermaid') return mermaid(graph);
  if (format === 'markdown') return `\`\`\`mermaid\n${mermaid(graph)}\`\`\`\n`;
  const { svg } = await import('../graph/svg/svg');
  return svg(graph, title);
}

/** Draws what apps and YAML declare, and what controllers make of it. */
export async function run({ args, options }: Invocation, io: Io): Promise<number> {
  const output = options['json'] === true ? 'json' : ((options['output'] as string | undefined) ?? 'mermaid');
  const { format, file } = target(output);
  const children = ((options['children'] as string | undefined) ?? 'main') as Children;
  const runner = appRunner(io, options, { clock: new RealClock(), onOutput: (text) => io.stderr.write(text) });
  const input = await new InputLoader(args, runner, io.readStdin).load();
  const namespace = (options['namespace'] as string | undefined) ?? 'default';
  const { objects, foreign, warnings } = checkObjects(input, namespace);
  for (const warning of warnings) io.stderr.write(`warning: ${printable(warning)}\n`);
  const declared = [...objects, ...foreign].map(({ object }) => object);
  const previewed = objects.map(({ object }) => object);
  const after = children === 'none' ? [] : (await preview(previewed, { namespace })).after;
  const text = await render(buildGraph(declared, after, children), format, args.join(' '));
  if (file === undefined) {
    io.stdout.write(text);
  } else {
    const full = path.resolve(io.cwd, file);
    await mkdir(path.dirname(full), { recursive: true });
    await writeFile(full, text);
    io.stderr.write(`wrote ${path.relative(io.cwd, full)}\n`);
  }
  return exitCodes.ok;
}
