import nodeModule from 'node:module';
import { CommanderError } from 'commander';
import type { CommandModule, CommandSpec, Invocation } from './command-spec';
import { exitCodes } from './exit-codes';
import { InterruptedError } from './interrupted-error';
import type { Io } from './io';
import { packageVersion } from './package-folder';
import { buildProgram } from './program';
import { UsageError } from './usage-error';

/** The commands that a program has. */
export interface Commands {
  readonly table: readonly CommandSpec[];
  /** By the name of a command, loaded when it runs. */
  readonly loaders: Readonly<Record<string, () => Promise<CommandModule>>>;
}

/** What was chosen on the command line. */
interface Chosen {
  readonly spec: CommandSpec;
  readonly invocation: Invocation;
}

/** Whether a program reads JSON on stdout: then a failure is told there too, as a document or as an event. */
function readsJson({ invocation: { options } }: Chosen): boolean {
  return options['json'] === true || options['output'] === 'json';
}

/** Tells a person, or a program, what went wrong; loaded only then. */
async function explain(error: unknown, chosen: Chosen | undefined, io: Io): Promise<number> {
  if (UsageError.is(error)) {
    io.stderr.write(`error: ${error.message}\nRun "knc ${chosen?.spec.name ?? ''} --help" for examples.\n`);
    return exitCodes.usage;
  }
  if (InterruptedError.is(error)) return exitCodes.interrupted;
  const { problemJson, problemOf } = await import('./output/problem');
  if (chosen && readsJson(chosen)) {
    const problem = problemOf(error);
    if (chosen.spec.eventLines) new (await import('./dev/json-reporter')).JsonReporter(io.stdout).problem(problem);
    else io.stdout.write(`${JSON.stringify({ error: problemJson(problem) }, null, 2)}\n`);
    return problem.unavailable ? exitCodes.unavailable : exitCodes.failed;
  }
  const { errorBlock } = await import('./output/error-block');
  const { styleFor } = await import('./output/style');
  const problem = problemOf(error);
  io.stderr.write(errorBlock(problem, styleFor(io, io.stderr)));
  return problem.unavailable ? exitCodes.unavailable : exitCodes.failed;
}

/**
 * Runs one of these commands with these arguments (without node and script) and returns its exit code: see `exit-codes.ts`.
 * Never throws; what goes wrong is written to `io.stderr`, or as `{ "error": … }` to `io.stdout` where JSON was asked for.
 */
export async function runCommands({ table, loaders }: Commands, argv: readonly string[], io: Io): Promise<number> {
  (nodeModule as { enableCompileCache?: () => unknown }).enableCompileCache?.(); // since Node 22.1
  let code: number = exitCodes.ok;
  let chosen: Chosen | undefined;
  const act = async (spec: CommandSpec, invocation: Invocation) => {
    chosen = { spec, invocation };
    const command = await loaders[spec.name]!();
    code = await command.run(invocation, io);
  };
  try {
    await buildProgram(table, io, packageVersion(), act).parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) return explain(error, chosen, io);
    // Asking for help is no mistake; running `knc` with nothing is.
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
}
