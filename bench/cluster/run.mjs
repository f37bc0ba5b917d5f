// Benches on a real Kubernetes in a network namespace of its own (root, Go and Debian; see test/cluster/run.mjs).
//   npm run bench:cluster                         all of them, written to bench/results/<date>-cluster.md
//   npm run bench:cluster -- writes --short       one, smaller; writes | three-hundred | rest | cold-start
//   KNC_BENCH_PAIRS=20 npm run bench:cluster -- cold-start
// The cluster that RIG_NAME names is used if it is up, else it is started and taken down.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isUp, rigScripts } from './support/rig.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const args = process.argv.slice(2);

if (process.env.KNC_BENCH_INSIDE === undefined) {
  const call = (script, ...rest) =>
    spawnSync(path.join(rigScripts, script), rest, { stdio: 'inherit', env: { ...process.env, KNC_BENCH_INSIDE: '1' } }).status;
  const started = !isUp();
  if (
    started &&
    [call('build.sh'), call('image.sh', 'hello', path.join(here, '../../examples/hello/server.js')), call('up.sh')].some(Boolean)
  ) {
    console.error('the cluster could not be started');
    process.exit(1);
  }
  const status = call('in', process.execPath, fileURLToPath(import.meta.url), ...args);
  if (started) call('down.sh');
  process.exit(status ?? 1);
}

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

say(`# Bench on a real Kubernetes, ${new Date().toISOString().slice(0, 10)}\n`);
say(
  `Node ${process.version}, ${os.cpus().length} × ${os.cpus()[0].model}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.type()} ${os.release()}.\n`,
);
let failed = 0;
for (const name of names) {
  const { title, run } = await import(pathToFileURL(path.join(here, `${name}.bench.mjs`)).href);
  say(`## ${title}\n`);
  say(
    `\`npm run bench:cluster -- ${name}${short ? ' --short' : ''}\`, load of the machine before: ${os.loadavg()[0].toFixed(1)}\n`,
  );
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
  const file = path.join(here, '../results', `${new Date().toISOString().slice(0, 10)}-cluster.md`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${lines.join('\n').trim()}\n`);
  console.log(`written to ${path.relative(process.cwd(), file)}`);
}
process.exit(failed > 0 ? 1 : 0);
