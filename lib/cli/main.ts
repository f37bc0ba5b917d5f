import { commandLoaders } from './command-loaders';
import { commandTable } from './command-table';
import type { Io } from './io';
import { runCommands } from './run-commands';

/** Runs `knc` with these arguments (without node and script) and returns its exit code. Never throws: see `runCommands`. */
export function main(argv: readonly string[], io: Io): Promise<number> {
  return runCommands({ table: commandTable, loaders: commandLoaders }, argv, io);
}
