import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { RealClock } from '../../base';
import { appRunner } from '../app-runner';
import type { Invocation } from '../command-spec';
import { exitCodes } from '../exit-codes';
import { checkObjects, inNamespace } from '../input/check-objects';
import { InputLoader } from '../input/input-loader';
import { printJson, printYaml } from '../input/print-yaml';
import type { Io } from '../io';
import { printable } from '../output/printable';

/** Prints what apps and YAML declare as one YAML stream. */
export async function run({ args, options }: Invocation, io: Io): Promise<number> {
  const runner = appRunner(io, options, { clock: new RealClock(), onOutput: (text) => io.stderr.write(text) });
  const input = await new InputLoader(args, runner, io.readStdin).load();
  const namespace = options['namespace'] as string | undefined;
  if (options['validate'] !== false) {
    const { warnings } = checkObjects(
      { objects: input.objects.filter(({ synthesized }) => !synthesized), warnings: input.warnings },
      namespace,
    );
    for (const warning of warnings) io.stderr.write(`warning: ${printable(warning)}\n`);
  }
  const print = options['json'] === true ? printJson : printYaml;
  const text = print(input.objects.map(({ object }) => inNamespace(object, namespace)));
  if (typeof options['output'] === 'string') {
    const file = path.resolve(io.cwd, options['output']);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  } else {
    io.stdout.write(text);
  }
  return exitCodes.ok;
}
