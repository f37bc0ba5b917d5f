import fs from 'node:fs';
import path from 'node:path';
import { type Clock, KncError, type Log, timestamp } from '../../base';
import { LmdbStore } from '../../local/store/lmdb-store';
import type { Store } from '../../local/store/store';

/**
 * Opens the store of events in a folder. One that is damaged is set aside beside it, told in the log, and an empty one takes its place:
 * a pod that cannot start would lose more.
 */
export function openEventStore(folder: string, { clock, log }: { readonly clock: Clock; readonly log: Log }): Store {
  const store = path.join(folder, 'events');
  const open = () => new LmdbStore({ folder: store, clock, report: (text) => log.warn('store of events', { text }) });
  try {
    return open();
  } catch (error) {
    if (!KncError.is(error) || error.code !== 'KNC3306') throw error;
    const kept = `${store}.corrupt-${timestamp(clock.now()).replace(/:/g, '')}`;
    fs.renameSync(store, kept);
    log.error('the store of events is damaged: it is set aside, and an empty one takes its place', { kept, error });
    return open();
  }
}
