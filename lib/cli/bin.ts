#!/usr/bin/env node
import { flushed, processIo } from './io';
import { main } from './main';

main(process.argv.slice(2), processIo()).then(async (code) => {
  await flushed();
  process.exit(code);
});
