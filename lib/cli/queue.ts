#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { parseDuration } from '../api/duration';
import { errorMessage, KncError } from '../base';
import { LOG_LEVELS, type LogLevel } from '../roles/process/log-level';
import { exitCodes } from './exit-codes';
import { flushed, processIo } from './io';
import { runQueue } from './run/run-queue';

const DRAIN_DELAY = '5s';

/** What the image has of `knc run --role queue`: nothing but that, as memory counts in every pod. */
async function main(): Promise<number> {
  setFlagsFromString('--optimize-for-size');
  setFlagsFromString('--max-semi-space-size=2');
  const io = processIo();
  const options = { role: { type: 'string' }, 'drain-delay': { type: 'string' }, 'log-level': { type: 'string' } } as const;
  try {
    const { values } = parseArgs({ args: process.argv.slice(3), options });
    const { 'drain-delay': delay = DRAIN_DELAY, 'log-level': level = 'info' } = values;
    const drainDelayMs = parseDuration(delay);
    if (drainDelayMs === undefined || drainDelayMs < 0)
      throw new Error(`--drain-delay ${delay} is no duration; write 5s or 500ms`);
    const logLevel = LOG_LEVELS.find((one) => one === level) as LogLevel | undefined;
    if (!logLevel) throw new Error(`--log-level ${level} is not one of ${LOG_LEVELS.join(', ')}`);
    return await runQueue({ drainDelayMs, logLevel }, io);
  } catch (error) {
    const code = KncError.is(error) ? `${error.code} ` : '';
    io.stderr.write(`error: ${code}${errorMessage(error)}\n`);
    return KncError.is(error) ? exitCodes.failed : exitCodes.usage;
  }
}

main().then(async (code) => {
  await flushed();
  process.exit(code);
});
