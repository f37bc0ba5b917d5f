import { existsSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { KncError } from '../../base';
import { IMAGES_FILE } from './image-file';

/** A cdk8s app: running it is the only way to know what it declares. */
export interface AppSource {
  readonly kind: 'app';
  /** Where it runs: the folder of cdk8s.yaml, or of the file. */
  readonly folder: string;
  /** The file to load; undefined if there is none, so that only `command` can run the app. */
  readonly entry: string | undefined;
  /** The app command of cdk8s.yaml. */
  readonly command: string | undefined;
}

export interface YamlSource {
  readonly kind: 'yaml';
  /** A file, or a folder whose YAML files are read in order of name. */
  readonly path: string;
}

export interface StdinSource {
  readonly kind: 'stdin';
}

export type InputSource = AppSource | YamlSource | StdinSource;

const APP_FILE = /\.(ts|tsx|mts|cts|js|mjs|cjs)$/;
const YAML_FILE = /\.(yaml|yml|json)$/;
const FOLDER_FILE = /\.(yaml|yml)$/;
const ENTRIES = ['main.ts', 'main.js', 'main.mjs', 'index.ts', 'index.js'];

/** The file that an app command names: `main.ts` in `npx ts-node main.ts`. */
function entryOfCommand(folder: string, command: string): string | undefined {
  const words = command.split(/\s+/).filter((word) => APP_FILE.test(word));
  return words.map((word) => path.resolve(folder, word)).find((file) => existsSync(file));
}

async function appSource(folder: string): Promise<AppSource> {
  const config: unknown = parse(await readFile(path.join(folder, 'cdk8s.yaml'), 'utf8'));
  const command = (config as { app?: unknown } | null)?.app;
  const named = typeof command === 'string' ? command : undefined;
  const usual = ENTRIES.map((file) => path.join(folder, file)).find((file) => existsSync(file));
  return { kind: 'app', folder, entry: (named && entryOfCommand(folder, named)) ?? usual, command: named };
}

/** The YAML files of a folder, without those of its subfolders, as `kubectl apply -f` takes them. */
export async function yamlFiles(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => FOLDER_FILE.test(name) && name !== IMAGES_FILE);
  return names.sort().map((name) => path.join(folder, name));
}

async function folderSource(folder: string, given: string): Promise<InputSource> {
  if (existsSync(path.join(folder, 'cdk8s.yaml'))) return appSource(folder);
  if ((await yamlFiles(folder)).length > 0) return { kind: 'yaml', path: folder };
  const entry = ENTRIES.find((file) => existsSync(path.join(folder, file)));
  throw new KncError('KNC4001', 'The folder has neither a cdk8s.yaml nor YAML files', {
    where: given,
    ...(entry ? { remedy: `Give the app file itself: knc dev ${path.join(given, entry)}` } : {}),
  });
}

/** What a PATH of the command line is. Looks at names and cdk8s.yaml alone; runs nothing. */
export async function locate(given: string, cwd: string): Promise<InputSource> {
  if (given === '-') return { kind: 'stdin' };
  const file = path.resolve(cwd, given);
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) throw new KncError('KNC4001', 'There is no such file or folder', { where: given });
  if (stat.isDirectory()) return folderSource(file, given);
  if (path.basename(file) === 'cdk8s.yaml') return appSource(path.dirname(file));
  if (YAML_FILE.test(file)) return { kind: 'yaml', path: file };
  if (APP_FILE.test(file)) return { kind: 'app', folder: path.dirname(file), entry: file, command: undefined };
  throw new KncError('KNC4001', 'This is neither an app file nor YAML', { where: given });
}
