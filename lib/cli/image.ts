#!/usr/bin/env node
import { commandTable } from './command-table';
import { flushed, processIo } from './io';
import { runCommands } from './run-commands';

/** What the image has of `knc`. */
const commands = {
  table: commandTable.filter(({ name }) => name === 'run'),
  loaders: { run: () => import('./commands/run') },
};

runCommands(commands, process.argv.slice(2), processIo()).then(async (code) => {
  await flushed();
  process.exit(code);
});
