import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Container } from '../../api';
import { StartError } from './container-runtime';

/** A folder or file of a volume as one container has it. */
export interface MountSource {
  readonly mountPath: string;
  readonly source: string;
  readonly readOnly: boolean;
}

/**
 * Where the mounts of a container really are. A subPath that does not exist is made; one that leads out of its volume, by `..` or
 * by a symbolic link that a container has put there, is refused.
 * @param volumes folder of each volume by name; mounts of others are left out
 * @throws StartError CreateContainerConfigError
 */
export function mountSources(container: Container, volumes: Readonly<Record<string, string>>): MountSource[] {
  return (container.volumeMounts ?? []).flatMap(({ name, mountPath, subPath = '', readOnly = false }) => {
    const folder = volumes[name];
    if (folder === undefined) return [];
    const source = subPath ? join(folder, subPath) : folder;
    if (!staysInside(folder, source)) {
      const message = `failed to prepare subPath for volumeMount "${name}" of container "${container.name}"`;
      throw new StartError('CreateContainerConfigError', `${message}: ${subPath} leads out of the volume`);
    }
    if (!existsSync(source)) mkdirSync(source, { recursive: true });
    return [{ mountPath, source, readOnly }];
  });
}

/** Whether a path, or what exists of it, is below the folder once links are followed. */
function staysInside(folder: string, path: string): boolean {
  let existing = path;
  while (!existsSync(existing)) existing = dirname(existing);
  const way = relative(realpathSync(folder), realpathSync(existing));
  return way !== '..' && !way.startsWith('../') && !relative(folder, path).startsWith('..');
}
