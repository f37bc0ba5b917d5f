import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const SERVING = 'knative.dev/serving';
const EVENTING = 'knative.dev/eventing';
/** The release that this package follows. */
const VERSION = 'v0.50.0';

function download(module: string, version: string): string {
  const output = execFileSync('go', ['mod', 'download', '-json', `${module}@${version}`], {
    cwd: tmpdir(),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return (JSON.parse(output) as { Dir: string }).Dir;
}

/** Folders of upstream's modules in the module cache. */
export interface UpstreamFolders {
  readonly serving: string;
  readonly networking: string;
  readonly eventing: string;
}

/** The folders, or why there are none. */
export type Upstream = UpstreamFolders | { readonly missing: string };

/** Finds upstream's modules, downloading them if the module cache has them not. */
export function findUpstream(): Upstream {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
  } catch {
    return { missing: 'Go is not installed' };
  }
  try {
    const serving = download(SERVING, VERSION);
    const required = /^\s*knative\.dev\/networking\s+(\S+)/m.exec(readFileSync(path.join(serving, 'go.mod'), 'utf8'));
    return { serving, networking: download('knative.dev/networking', required![1]!), eventing: download(EVENTING, VERSION) };
  } catch (error) {
    return { missing: `the Go modules cannot be had: ${error instanceof Error ? error.message : String(error)}` };
  }
}

const upstream = findUpstream();

/** `describe` where upstream's modules are there; otherwise one skipped test that says why. */
export function describeUpstream(name: string, body: (folders: UpstreamFolders) => void): void {
  if ('missing' in upstream) {
    process.stderr.write(`${name}: not compared with upstream, because ${upstream.missing}\n`);
    describe.skip(name, () => test(`is not compared, because ${upstream.missing}`, () => {}));
  } else {
    const folders = upstream;
    describe(name, () => body(folders));
  }
}
