import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const SUFFIX = '.bench.mjs';
const format = (value) => (Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 2 : 1));
const today = () => new Date().toISOString().slice(0, 10);

/**
 * Runs the benches of a folder one after the other and prints each figure with the command that makes it. `--short` makes the loops
 * smaller, names choose some; a run of all of them, at full length, is written to bench/results/<date><suffix>.md.
 * Resolves with the number of benches that failed.
 */
export async function report({ folder, args, title, about = '', command, results, suffix = '', loads = false }) {
  const short = args.includes('--short');
  const wanted = args.filter((arg) => !arg.startsWith('--'));
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length))
    .filter((name) => wanted.length === 0 || wanted.includes(name));
  const lines = [];
  const say = (line) => {
    console.log(line);
    lines.push(line);
  };
  const memory = Math.round(os.totalmem() / 2 ** 30);
  say(`# ${title}${today()}\n`);
  say(
    `Node ${process.version}, ${os.cpus().length} × ${os.cpus()[0].model}, ${memory} GiB, ${os.type()} ${os.release()}.${about}\n`,
  );
  let failed = 0;
  for (const name of names) {
    const bench = await import(pathToFileURL(path.join(folder, `${name}${SUFFIX}`)).href);
    const load = loads ? `, load of the machine before: ${os.loadavg()[0].toFixed(1)}` : '';
    say(`## ${bench.title}\n`);
    say(`\`${command} -- ${name}${short ? ' --short' : ''}\`${load}\n`);
    say('| figure | value | wanted |\n|---|---|---|');
    try {
      for (const { figure, value, unit = '', wanted: bound = '' } of await bench.run({ short })) {
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
    const file = path.join(results, `${today()}${suffix}.md`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${lines.join('\n').trim()}\n`);
    console.log(`written to ${path.relative(process.cwd(), file)}`);
  }
  return failed;
}
