import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program that runs images. */
export interface ContainerEngine {
  readonly name: 'podman' | 'docker';
  readonly path: string;
}

/** The container engine on PATH, podman before docker, or undefined. */
export function findContainerEngine(path: string = process.env['PATH'] ?? ''): ContainerEngine | undefined {
  for (const name of ['podman', 'docker'] as const) {
    for (const folder of path.split(delimiter)) {
      if (folder && executable(join(folder, name))) return { name, path: join(folder, name) };
    }
  }
  return undefined;
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
