import os from 'node:os';
import path from 'node:path';
import { errorMessage, RealClock } from '../../base';
import type { Invocation } from '../command-spec';
import { appCheck } from '../doctor/app-check';
import { type Check, type CheckLevel, fail, type NamedResult } from '../doctor/check';
import { type Machine, realMachine } from '../doctor/machine';
import { machineChecks } from '../doctor/machine-checks';
import { stateChecks } from '../doctor/state-checks';
import { exitCodes } from '../exit-codes';
import type { Io } from '../io';
import { type Style, styleFor } from '../output/style';
import { packageFolder, packageVersion } from '../package-folder';

const CHECKS: readonly Check[] = [...machineChecks, ...stateChecks, appCheck];

/** A check that fails by itself says so instead of ending the others. */
async function result({ name, run: check }: Check, machine: Machine): Promise<NamedResult> {
  try {
    return { name, ...(await check(machine)) };
  } catch (error) {
    return { name, ...fail(`could not be checked: ${errorMessage(error)}`, 'This is a defect of knc: please report it.') };
  }
}

const LEVELS: readonly CheckLevel[] = ['ok', 'warn', 'fail'];

function line({ name, level, text, remedy }: NamedResult, width: number, style: Style): string {
  const colour = { ok: style.green, warn: style.yellow, fail: style.red }[level];
  const head = `  ${colour(level.padEnd(4))}  ${style.bold(name.padEnd(width))}  ${text}\n`;
  return remedy ? `${head}${' '.repeat(width + 10)}${style.cyan(`fix: ${remedy}`)}\n` : head;
}

function report(results: readonly NamedResult[], style: Style): string {
  const width = Math.max(...results.map(({ name }) => name.length));
  const [, warnings, failures] = LEVELS.map((level) => results.filter((one) => one.level === level).length);
  const summary = failures
    ? style.red(`${failures} of ${results.length} checks failed`)
    : warnings
      ? style.yellow(`ready, with ${warnings === 1 ? 'a warning' : `${warnings} warnings`}`)
      : style.green('ready');
  return `${results.map((one) => line(one, width, style)).join('')}\n${summary}\n`;
}

/** Looks at this machine and folder, and says what keeps knc from working and how to mend it. Changes nothing; runs no app. */
export async function run({ options }: Invocation, io: Io): Promise<number> {
  const machine = realMachine(new RealClock(), {
    cwd: io.cwd,
    env: io.env,
    stateFolder: path.resolve(io.cwd, (options['state'] as string | undefined) ?? '.knc'),
    tmpFolder: os.tmpdir(),
    ownFolder: packageFolder(),
  });
  const checks = await Promise.all(CHECKS.map((check) => result(check, machine)));
  const failed = checks.some(({ level }) => level === 'fail');
  const version = packageVersion();
  if (options['json'] === true) {
    io.stdout.write(`${JSON.stringify({ ok: !failed, version, node: process.versions.node, checks }, null, 2)}\n`);
  } else {
    const style = styleFor(io, io.stdout);
    io.stdout.write(`knc ${version} on ${process.platform} ${process.arch}\n\n${report(checks, style)}`);
  }
  return failed ? exitCodes.failed : exitCodes.ok;
}
