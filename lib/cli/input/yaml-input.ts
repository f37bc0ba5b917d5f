import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { findImageFile } from './image-file';
import { type YamlSource, yamlFiles } from './input-source';
import type { LoadedInput } from './loaded-input';
import { parseYaml } from './parse-yaml';

/** Reads a YAML file or a folder of YAML. Never runs code. Files are named relative to `cwd`. */
export async function loadYaml(source: YamlSource, cwd: string): Promise<LoadedInput> {
  const isFolder = statSync(source.path).isDirectory();
  const files = isFolder ? await yamlFiles(source.path) : [source.path];
  const objects = await Promise.all(
    files.map(async (file) => parseYaml(await readFile(file, 'utf8'), path.relative(cwd, file) || file)),
  );
  const folder = isFolder ? source.path : path.dirname(source.path);
  return { objects: objects.flat(), programs: [], imageFile: findImageFile(folder), files, warnings: [] };
}
