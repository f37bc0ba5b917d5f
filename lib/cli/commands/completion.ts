import type { Invocation } from '../command-spec';
import { commandTable } from '../command-table';
import { completionScript, type Shell } from '../completion-script';
import { exitCodes } from '../exit-codes';
import type { Io } from '../io';

/** Prints the completion script of a shell. */
export async function run({ args }: Invocation, io: Io): Promise<number> {
  io.stdout.write(completionScript(args[0] as Shell, commandTable));
  return exitCodes.ok;
}
