// `npm run image`: makes the context of the image and builds it with whichever of docker, podman and buildah is there.
//   --tag NAME         default: knative-constructs:VERSION
//   --base IMAGE       instead of the official Node image of the Dockerfile
//   --arch x64|arm64   default: that of this machine
//   --context FOLDER   make the context there and build nothing; the folder is new, empty or of an earlier run
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { makeContext } from './context.mjs';

/** What builds images, and how it is asked whether it can. */
const BUILDERS = { docker: ['info'], podman: ['info'], buildah: ['--version'] };
const PLATFORMS = { x64: 'linux/amd64', arm64: 'linux/arm64' };

const { values } = parseArgs({
  options: { tag: { type: 'string' }, base: { type: 'string' }, arch: { type: 'string' }, context: { type: 'string' } },
});
const arch = values.arch ?? process.arch;
if (!PLATFORMS[arch]) throw new Error(`--arch ${arch}: it is x64 or arm64`);
const folder = values.context ? path.resolve(values.context) : mkdtempSync(path.join(os.tmpdir(), 'knc-image-'));

const { version, revision, bytes, packages } = await makeContext(folder, arch);
console.log(`context: ${(bytes / 2 ** 20).toFixed(1)} MiB on top of the base, ${packages.length} packages in its SBOM`);
if (values.context) process.exit(0);

try {
  const builder = Object.keys(BUILDERS).find((one) => spawnSync(one, BUILDERS[one], { stdio: 'ignore' }).status === 0);
  if (!builder) throw new Error('neither docker with its daemon nor podman nor buildah works here');
  const tag = values.tag ?? `knative-constructs:${version}`;
  const base = values.base ? ['--build-arg', `BASE=${values.base}`] : [];
  const told = ['--build-arg', `VERSION=${version}`, '--build-arg', `REVISION=${revision}`, ...base];
  const args = ['build', '--platform', PLATFORMS[arch], ...told, '--tag', tag, '--file', path.join(folder, 'Dockerfile'), folder];
  const { status } = spawnSync(builder, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  console.log(`built ${tag}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
