// Builds Knative's conformance suites and the programs that they deploy from their Go modules. What is already built is kept, for as long as
// go.mod is the same. Cold 3 minutes on 2 cores.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('go', import.meta.url));
const rigHome = process.env.RIG_HOME ?? path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'knc-rig');
const content = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => path.join(entry.parentPath, entry.name))
  .sort();
const versions = createHash('sha256')
  .update(content.map((file) => readFileSync(file)).join('\n'))
  .digest('hex')
  .slice(0, 12);
const home = path.join(rigHome, 'conformance', versions);

/** The suites by their names here: where they are from, and which module's images they deploy. Both modules have images of the same name. */
export const suites = {
  ingress: { from: 'knative.dev/networking/test/conformance/ingress', images: 'networking' },
  v1: { from: 'knative.dev/serving/test/conformance/api/v1', images: 'serving' },
  v1beta1: { from: 'knative.dev/serving/test/conformance/api/v1beta1', images: 'serving' },
};

const programs = {
  serving: [
    ...[
      'autoscale',
      'failing',
      'hellovolume',
      'helloworld',
      'multicontainer/servingcontainer',
      'multicontainer/sidecarcontainer',
    ],
    ...['pizzaplanetv1', 'pizzaplanetv2', 'singlethreaded', 'timeout', 'volumes'],
  ],
  networking: ['grpc-ping', 'httpproxy', 'retry', 'runtime', 'timeout', 'wsserver'],
};

/** The program of a suite. */
export const suiteFile = (name) => path.join(home, 'bin', `${name}.test`);
/** A registry; see go/registry. */
export const registryFile = path.join(home, 'bin', 'registry');
/** The programs of the images, as the registry takes them. */
export const imageFolder = path.join(home, 'images');

function go(file, ...args) {
  if (existsSync(file)) return;
  console.log(`build ${path.relative(home, file)}`);
  mkdirSync(path.dirname(file), { recursive: true });
  const part = path.join(home, `part-${process.pid}`);
  const [command, ...rest] = args;
  const all = [
    'go',
    command,
    ...(command === 'test' ? ['-c', '-tags', 'e2e'] : []),
    '-trimpath',
    '-ldflags',
    '-s -w',
    '-o',
    part,
    ...rest,
  ];
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' };
  const { status, error } = spawnSync('nice', all, { cwd: path.join(home, 'go'), env, stdio: ['ignore', 'inherit', 'inherit'] });
  if (error || status !== 0) throw new Error(`${all.join(' ')}: ${error?.message ?? `exit code ${status}`}`);
  renameSync(part, file);
}

/** Builds what is missing. */
export function build() {
  if (!existsSync(path.join(home, 'go'))) cpSync(source, path.join(home, 'go'), { recursive: true });
  for (const [name, { from }] of Object.entries(suites)) go(suiteFile(name), 'test', from);
  go(registryFile, 'build', './registry');
  for (const [module, sources] of Object.entries(programs))
    for (const one of sources)
      go(path.join(imageFolder, module, path.basename(one)), 'build', `knative.dev/${module}/test/test_images/${one}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build();
