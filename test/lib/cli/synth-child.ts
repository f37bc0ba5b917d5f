import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { RealClock } from '../../../lib/base';
import type { AppRunner } from '../../../lib/cli/input/app-input';
import { tempFolder } from './temp-folder';

export const root = path.resolve(__dirname, '../../..');

/** Bundles the program that synthesizes apps as the build does, and returns its path. */
export function bundleSynthChild(): string {
  const file = path.join(tempFolder(), 'synth-child.js');
  const esbuild = path.join(root, 'node_modules/esbuild/bin/esbuild');
  const options = ['--bundle', '--platform=node', '--target=node20', '--log-level=error', `--outfile=${file}`];
  execFileSync(esbuild, [path.join(root, 'lib/cli/synth-child.ts'), ...options], { cwd: root });
  return file;
}

/** How tests run apps; what an app prints goes to `output`. */
export function testRunner(childFile: string, cwd: string, more: Partial<AppRunner> = {}): AppRunner & { output: string[] } {
  const output: string[] = [];
  return {
    clock: new RealClock(),
    childFile,
    ownFolder: root,
    cwd,
    env: process.env,
    inheritEnv: [],
    useAppCommand: false,
    onOutput: (text) => void output.push(text),
    output,
    ...more,
  };
}
