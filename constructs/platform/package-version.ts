import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The version of this package, which the default image has. */
export function packageVersion(): string {
  for (let folder = __dirname; ; folder = path.dirname(folder)) {
    const file = path.join(folder, 'package.json');
    if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
    if (folder === path.dirname(folder)) return '0.0.0';
  }
}
