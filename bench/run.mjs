// Runs the benches one after the other and prints each figure with the command that makes it.
//   npm run bench                 all of them, written to bench/results/<date>.md
//   npm run bench -- --short      smaller loops, nothing written
//   npm run bench -- cold-start   only those named
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { report } from './support/report.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const failed = await report({
  folder: here,
  args: process.argv.slice(2),
  title: 'Bench of ',
  about: '\nShared machine: read ratios and medians.',
  command: 'npm run bench',
  results: path.join(here, 'results'),
});
process.exit(failed > 0 ? 1 : 0);
