import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { errorMessage, formatFieldError } from '../../base';
import { platformErrors, platformManifest } from '../../platform';
import type { Invocation } from '../command-spec';
import { exitCodes } from '../exit-codes';
import { printJson, printYaml } from '../input/print-yaml';
import type { Io } from '../io';
import { ProblemError } from '../output/problem';
import { packageVersion } from '../package-folder';
import { nextSteps } from '../platform/next-steps';
import { platformOptions } from '../platform/platform-options';
import { UsageError } from '../usage-error';

async function optionsFile(file: string, cwd: string): Promise<unknown> {
  try {
    return parse(await readFile(path.resolve(cwd, file), 'utf8')) as unknown;
  } catch (error) {
    throw new UsageError(`--file ${file}: ${errorMessage(error)}`);
  }
}

/** Prints the objects of a platform on stdout, and how to apply them on stderr. */
export async function run(invocation: Invocation, io: Io): Promise<number> {
  const { options } = invocation;
  const { file, crdsOnly, withoutCrds, output } = options;
  if (crdsOnly === true && withoutCrds === true) throw new UsageError('--crds-only and --without-crds leave nothing');
  const given = platformOptions(invocation, typeof file === 'string' ? await optionsFile(file, io.cwd) : undefined);
  const errors = platformErrors(given);
  if (errors.length > 0) {
    const messages = errors.map(({ remedy, ...error }) => ({
      text: formatFieldError(error),
      ...(remedy === undefined ? {} : { remedy }),
    }));
    throw new ProblemError('KNC4022', 'The platform cannot be made with these options', [{ messages }]);
  }
  const manifest = platformManifest(given, packageVersion());
  const crds = withoutCrds === true ? [] : manifest.crds;
  const objects = crdsOnly === true ? [] : manifest.objects;
  const text = (options['json'] === true ? printJson : printYaml)([...crds, ...objects]);
  if (typeof output === 'string') {
    const target = path.resolve(io.cwd, output);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, text);
  } else {
    io.stdout.write(text);
  }
  io.stderr.write(nextSteps(typeof output === 'string' ? output : 'platform.yaml', crds.length > 0, objects));
  return exitCodes.ok;
}
