import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { type PodAddress, type PodNetwork, StartError } from '../container-runtime';

/** Gives pods that are processes networks of their own. */
export interface ProcessIsolation {
  readonly network: PodNetwork;
  /** The command that runs `command` in the network of the pod with this address, where names are those of a pod of `namespace`. */
  enter(address: PodAddress, namespace: string, command: readonly string[]): readonly string[];
}

/**
 * Refuses a command that could not be executed: what enters the network for it would only end with 127.
 * @throws StartError as for a command that is executed at once
 */
export function checkExecutable(file: string | undefined, cwd: string, path = ''): void {
  if (!file) throw new StartError('StartError', 'no command specified');
  const places = file.includes('/') ? [resolve(cwd, file)] : path.split(delimiter).map((folder) => resolve(cwd, folder, file));
  const verdicts = places.map(verdict);
  if (verdicts.includes('good')) return;
  if (verdicts.includes('denied')) throw new StartError('StartError', `exec: ${JSON.stringify(file)}: permission denied`);
  const why = file.includes('/') ? 'no such file or directory' : 'executable file not found in $PATH';
  throw new StartError('StartError', `exec: ${JSON.stringify(file)}: ${why}`);
}

function verdict(path: string): 'good' | 'denied' | 'absent' {
  try {
    if (!statSync(path).isFile()) return 'denied';
    accessSync(path, constants.X_OK);
    return 'good';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? 'denied' : 'absent';
  }
}
