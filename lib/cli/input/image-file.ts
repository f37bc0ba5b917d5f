import { existsSync } from 'node:fs';
import path from 'node:path';

/** Says what images mean on this machine; beside the input, and never input itself. */
export const IMAGES_FILE = 'knc.images.yaml';

/** A knc.images.yaml and the repository that it must not point out of. */
export interface ImageFile {
  readonly file: string;
  readonly root: string;
}

function folderUpwards(folder: string, holds: string): string | undefined {
  for (let at = folder; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, holds))) return at;
    if (at === path.dirname(at)) return undefined;
  }
}

/** The nearest knc.images.yaml at or above this folder, within its git repository. */
export function findImageFile(folder: string): ImageFile | undefined {
  const repository = folderUpwards(folder, '.git');
  const home = folderUpwards(folder, IMAGES_FILE);
  if (home === undefined) return undefined;
  if (repository === undefined) return home === folder ? { file: path.join(home, IMAGES_FILE), root: home } : undefined;
  const outside = path.relative(repository, home).startsWith('..');
  return outside ? undefined : { file: path.join(home, IMAGES_FILE), root: repository };
}
