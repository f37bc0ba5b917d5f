// Benches on a real Kubernetes in a network namespace of its own (root, Go and Debian; see test/cluster/run.mjs).
//   npm run bench:cluster                         all of them, written to bench/results/<date>-cluster.md
//   npm run bench:cluster -- writes --short       one, smaller; writes | three-hundred | rest | cold-start
//   KNC_BENCH_PAIRS=20 npm run bench:cluster -- cold-start
// The cluster that RIG_NAME names is used if it is up, else it is started and taken down.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { report } from '../support/report.mjs';
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

const failed = await report({
  folder: here,
  args,
  title: 'Bench on a real Kubernetes, ',
  command: 'npm run bench:cluster',
  results: path.join(here, '../results'),
  suffix: '-cluster',
  loads: true,
});
process.exit(failed > 0 ? 1 : 0);
