import { RealClock, systemRandom } from '../../base';
import { JsonLog } from '../../roles/process/json-log';
import type { LogLevel } from '../../roles/process/log-level';
import { QueueProcess } from '../../roles/queue/queue-process';
import { queueSettings } from '../../roles/queue/queue-settings';
import { exitCodes } from '../exit-codes';
import type { Io } from '../io';

/** Runs the sidecar of a pod until it is told to end. It asks nothing of a cluster. */
export async function runQueue(
  { drainDelayMs, logLevel }: { readonly drainDelayMs: number; readonly logLevel: LogLevel },
  { env, stdout, onInterrupt }: Pick<Io, 'env' | 'stdout' | 'onInterrupt'>,
): Promise<number> {
  const settings = queueSettings(env);
  const clock = new RealClock();
  const log = new JsonLog({ clock, level: logLevel, write: (line) => stdout.write(line) });
  const ended = await new QueueProcess({ settings, clock, random: systemRandom, log, drainDelayMs, onInterrupt }).run();
  return ended ? exitCodes.ok : exitCodes.failed;
}
