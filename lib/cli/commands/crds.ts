import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { crd, knativeTypes } from '../../api';
import type { Invocation } from '../command-spec';
import { exitCodes } from '../exit-codes';
import { printJson, printYaml } from '../input/print-yaml';
import type { Io } from '../io';

/** Prints the CustomResourceDefinitions of all kinds that this package serves. */
export async function run({ options }: Invocation, io: Io): Promise<number> {
  if (typeof options['output'] !== 'string') {
    const print = options['json'] === true ? printJson : printYaml;
    io.stdout.write(print(knativeTypes.map(crd)));
    return exitCodes.ok;
  }
  const folder = path.resolve(io.cwd, options['output']);
  await mkdir(folder, { recursive: true });
  for (const type of knativeTypes) {
    await writeFile(path.join(folder, `${type.plural}.${type.group}.yaml`), printYaml([crd(type)]));
  }
  io.stderr.write(`wrote ${knativeTypes.length} files to ${path.relative(io.cwd, folder) || '.'}\n`);
  return exitCodes.ok;
}
