import fs from 'node:fs';
import path from 'node:path';
import { type Clock, KncError, type Log, timestamp } from '../../base';
import { LmdbStore } from '../../local/store/lmdb-store';
import type { Store } from '../../local/store/store';

export interface EventStoreOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** The most bytes that it may have of its disk. @default all of it */
  readonly limit?: number;
  /** Told what is being done while that takes long. */
  readonly tell?: (what: string) => void;
}

/**
 * Opens the store of events in a folder. One that is damaged is set aside beside it, told in the log, and an empty one takes its place:
 * a pod that cannot start would lose more.
 */
export async function openEventStore(folder: string, options: EventStoreOptions): Promise<Store> {
  const { clock, log, limit, tell } = options;
  const store = path.join(folder, 'events');
  const open = () =>
    LmdbStore.open({
      ...{ folder: store, clock, report: (text) => log.warn('store of events', { text }) },
      progress: (read, all) => tell?.(`the store of events was not closed: ${read} of ${all} entries have been looked through`),
      ...(limit === undefined ? {} : { limit }),
    });
  try {
    return await open();
  } catch (error) {
    if (!KncError.is(error) || error.code !== 'KNC3306') throw error;
    const kept = `${store}.corrupt-${timestamp(clock.now()).replace(/:/g, '')}`;
    fs.renameSync(store, kept);
    log.error('the store of events is damaged: it is set aside, and an empty one takes its place', { kept, error });
    return open();
  }
}
