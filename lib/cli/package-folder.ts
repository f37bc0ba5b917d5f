import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The folder of this package, found upwards from where this code lies: dist/bin or lib/cli. */
export function packageFolder(): string {
  for (let folder = __dirname; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'package.json'))) return folder;
    if (folder === path.dirname(folder)) return __dirname;
  }
}

/** The version in this package's package.json. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(path.join(packageFolder(), 'package.json'), 'utf8')) as { version: string };
  return version;
}
