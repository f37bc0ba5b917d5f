// Runs the benches one after the other and prints each figure with the command that makes it.
//   npm run bench                 all of them, written to bench/results/<date>.md
//   npm run bench -- --short      smaller loops, nothing written
//   npm run bench -- cold-start   only those named
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const args = process.argv.slice(2);
const short = args.includes('--short');
const wanted = args.filter((arg) => !arg.startsWith('--'));
const names = readdirSync(here)
  .filter((file) => file.endsWith('.bench.mjs'))
  .map((file) => file.replace('.bench.mjs', ''))
  .filter((name) => wanted.length === 0 || wanted.includes(name));

const format = (value) => (Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 2 : 1));
const lines = [];
const say = (line) => {
  console.log(line);
  lines.push(line);
};

say(`# Bench of ${new Date().toISOString().slice(0, 10)}\n`);
say(
  `Node ${process.version}, ${os.cpus().length} × ${os.cpus()[0].model}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.type()} ${os.release()}.`,
);
say('Shared machine: read ratios and medians.\n');
let failed = 0;
for (const name of names) {
  const { title, run } = await import(pathToFileURL(path.join(here, `${name}.bench.mjs`)).href);
  say(`## ${title}\n`);
  say(`\`npm run bench -- ${name}${short ? ' --short' : ''}\`\n`);
  say('| figure | value | wanted |\n|---|---|---|');
  try {
    for (const { figure, value, unit = '', wanted: bound = '' } of await run({ short })) {
      say(`| ${figure} | ${typeof value === 'number' ? format(value) : value} ${unit} | ${bound} |`);
    }
  } catch (error) {
    failed++;
    say(`| failed | ${error.message} | |`);
    console.error(error);
  }
  say('');
}
if (!short && wanted.length === 0) {
  const file = path.join(here, 'results', `${new Date().toISOString().slice(0, 10)}.md`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${lines.join('\n').trim()}\n`);
  console.log(`written to ${path.relative(process.cwd(), file)}`);
}
process.exit(failed > 0 ? 1 : 0);
