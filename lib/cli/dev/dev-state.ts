import path from 'node:path';
import { StateFolder, type StateFolderOptions } from '../../local/state';
import type { DevOptions } from './dev-options';

const DEFAULT_FOLDER = '.knc';

/** Takes the state folder that the options name; undefined if no state is to be kept. @param cwd what paths are relative to */
export function openState({ state, fresh }: DevOptions, cwd: string, options: StateFolderOptions): StateFolder | undefined {
  if (state === 'ephemeral') return undefined;
  const folder = StateFolder.open(path.resolve(cwd, state ?? DEFAULT_FOLDER), options);
  if (fresh) folder.forget();
  return folder;
}
