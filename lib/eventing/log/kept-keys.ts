import type { KeyValueStore } from './key-value-store';
import { LogKeys } from './log-keys';

/** So many keys are told at once: what takes them away fits where there is hardly room. */
const KEYS = 2000;

/**
 * The keys of everything that is kept of a log, some at a time, in an order in which they can be taken away: whenever that is broken off,
 * what is left is a log, of which nobody waits for an event that is not there.
 */
export function* keptKeys(store: KeyValueStore, prefix: string): Generator<readonly string[], void> {
  const keys = new LogKeys(prefix);
  for (const part of [keys.pending, keys.memories, keys.consumers, keys.events, `${prefix}/`]) {
    let from = part;
    for (;;) {
      const some = [...store.keys({ prefix: part, from, limit: KEYS })];
      if (some.length === 0) break;
      yield some;
      // No character of a key is below the space.
      from = `${some.at(-1)} `;
    }
  }
}
