import { RealClock } from '../../base';
import { appRunner } from '../app-runner';
import type { Invocation } from '../command-spec';
import { exitCodes } from '../exit-codes';
import type { Io } from '../io';
import { styleFor } from '../output/style';
import { countLevels, type Validation } from '../validate/finding';
import { githubReport, jsonReport } from '../validate/json-report';
import { sarifReport } from '../validate/sarif-report';
import { textReport } from '../validate/text-report';
import { validatePaths } from '../validate/validate-paths';

/** Says everything that is wrong with what apps and YAML declare, and where. */
export async function run({ args, options }: Invocation, io: Io): Promise<number> {
  const runner = appRunner(io, options, { clock: new RealClock(), onOutput: (text) => io.stderr.write(text) });
  const validation = await validatePaths(args, runner, io.readStdin, (options['namespace'] as string | undefined) ?? 'default');
  const { error, warning, note } = countLevels(validation.findings);
  const failed = error > 0 || (options['strict'] === true && warning + note > 0);
  report(options['json'] === true ? 'json' : (options['output'] as string | undefined), validation, failed, io);
  return failed ? exitCodes.failed : exitCodes.ok;
}

function report(format: string | undefined, validation: Validation, failed: boolean, io: Io): void {
  if (format === 'json') io.stdout.write(jsonReport(validation, failed));
  else if (format === 'github') io.stdout.write(githubReport(validation));
  else if (format === 'sarif') io.stdout.write(sarifReport(validation));
  else io.stdout.write(textReport(validation, failed, styleFor(io, io.stdout)));
}
