import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The release of Kubernetes' libraries that the tables of this package follow. */
const VERSION = 'v0.34.4';
const BUILD_MS = 900_000;

/** A question to Kubernetes' own libraries; what each needs stands in `main.go`. */
export interface Job {
  readonly op: 'strategic' | 'owners' | 'encode' | 'decode' | 'types';
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly original?: unknown;
  readonly patch?: unknown;
  readonly bytes?: string;
  readonly steps?: readonly Step[];
}

export interface Step {
  readonly op: 'apply' | 'update';
  readonly manager: string;
  readonly force: boolean;
  readonly object: unknown;
}

export interface Answer {
  readonly error?: string;
  readonly object?: unknown;
  readonly bytes?: string;
  readonly states?: readonly { readonly object: unknown; readonly fields: readonly unknown[] | null; readonly error?: string }[];
  readonly types?: readonly { readonly id: string; readonly fields: readonly Readonly<Record<string, unknown>>[] }[];
}

export type Ask = (jobs: readonly Job[]) => readonly Answer[];

const goMod = `module kubernetes
go 1.24
require (
\tk8s.io/api ${VERSION}
\tk8s.io/apimachinery ${VERSION}
\tk8s.io/client-go ${VERSION}
)
`;

/** Builds the program that answers, in a temporary folder; or says why it cannot be built. */
function build(): { readonly ask: Ask; readonly remove: () => void } | { readonly missing: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'knc-oracle-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
    writeFileSync(path.join(folder, 'go.mod'), goMod);
    copyFileSync(path.join(__dirname, 'main.go'), path.join(folder, 'main.go'));
    const env = { ...process.env, GOFLAGS: '-mod=mod' };
    execFileSync('go', ['build', '-o', 'oracle', '.'], {
      cwd: folder,
      env,
      timeout: BUILD_MS,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    remove();
    const { stderr } = error as { stderr?: Buffer };
    return { missing: `Kubernetes' libraries cannot be built: ${stderr?.toString().slice(-300) || String(error)}` };
  }
  const ask: Ask = (jobs) => {
    const options = { input: JSON.stringify(jobs), maxBuffer: 2 ** 28 };
    return JSON.parse(execFileSync(path.join(folder, 'oracle'), options).toString()) as Answer[];
  };
  return { ask, remove };
}

/** `describe` where Kubernetes' libraries can be had; otherwise one skipped test that says why. */
export function describeOracle(name: string, body: (ask: Ask) => void): void {
  const built = build();
  if ('missing' in built) {
    process.stderr.write(`${name}: not compared, because ${built.missing}\n`);
    describe.skip(name, () => test(`is not compared, because ${built.missing}`, () => {}));
    return;
  }
  describe(name, () => {
    afterAll(built.remove);
    body(built.ask);
  });
}
