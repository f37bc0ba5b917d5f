import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Invocation } from './command-spec';
import type { AppRunner } from './input/app-input';
import type { Io } from './io';
import { packageFolder } from './package-folder';

/** The program that synthesizes apps: beside this one when bundled, in dist when run from source. */
function childFile(): string {
  const beside = path.join(__dirname, 'synth-child.js');
  return existsSync(beside) ? beside : path.join(packageFolder(), 'dist/bin/synth-child.js');
}

/** How this command runs apps, from the options that `dev` and `synth` share. */
export function appRunner(
  io: Io,
  options: Invocation['options'],
  more: Pick<AppRunner, 'clock' | 'onOutput' | 'signal'>,
): AppRunner {
  return {
    ...more,
    ...(more.signal ? {} : { onInterrupt: io.onInterrupt }),
    childFile: childFile(),
    ownFolder: packageFolder(),
    cwd: io.cwd,
    env: io.env,
    inheritEnv: (options['inheritEnv'] as readonly string[] | undefined) ?? [],
    useAppCommand: options['useAppCommand'] === true,
  };
}
