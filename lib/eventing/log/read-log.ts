import { summaryOf } from './event-record';
import type { KeyValueStore } from './key-value-store';
import type { LogKeys } from './log-keys';
import type { ConsumerState, KeptLog } from './log-storage';
import { recordsOf, Segment } from './segment';

/** So many values of events, and so many pending deliveries, are looked at before others get their turn. */
const SEGMENTS = 50;
const DELIVERIES = 2000;

interface ReadLog extends KeptLog {
  readonly segments: readonly Segment[];
  readonly pendingBytes: number;
}

/** Reads what a store has of a log, in parts: tells after each how many events have been found. What cannot be read is set aside. */
export function* readLog(store: KeyValueStore, keys: LogKeys): Generator<number, ReadLog> {
  const events: { offset: number; size: number; time: number }[] = [];
  const segments: Segment[] = [];
  const faults: [key: string, reason: string][] = [];
  let looked = 0;
  for (const [key, bytes] of store.range({ prefix: keys.events })) {
    try {
      const first = Number(key.slice(keys.events.length));
      const summaries = recordsOf(bytes as Buffer).map(summaryOf);
      const sizes = summaries.map(({ size }) => size);
      segments.push(new Segment(first, sizes));
      for (const [i, summary] of summaries.entries()) events.push({ offset: first + i, ...summary });
    } catch (error) {
      faults.push([key, (error as Error).message]);
    }
    if (++looked % SEGMENTS === 0) yield events.length;
  }
  // Newest events may be lost, and their offsets known to others.
  let next = Math.max(Number(store.get(keys.next) ?? 0), (events.at(-1)?.offset ?? -1) + 1);
  const consumers = new Map<string, ConsumerState>();
  for (const [key, state] of store.range({ prefix: keys.consumers })) {
    consumers.set(key.slice(keys.consumers.length), state as ConsumerState);
    next = Math.max(next, (state as ConsumerState).retiredAt ?? 0);
  }
  const there = new Set(events.map(({ offset }) => offset));
  const pending = new Map<string, number[]>();
  let pendingBytes = 0;
  for (const [key] of store.range({ prefix: keys.pending })) {
    const [consumer, offset] = keys.deliveryOf(key);
    next = Math.max(next, offset + 1);
    const known = pending.get(consumer) ?? [];
    pending.set(consumer, known);
    if (there.has(offset)) {
      known.push(offset);
      pendingBytes += keys.deliveryBytes(consumer);
    } else faults.push([key, 'the event that it names is not there']);
    if (++looked % DELIVERIES === 0) yield events.length;
  }
  for (const [key, reason] of faults) store.setAside(key, reason);
  return { next, events, consumers, pending, segments, pendingBytes };
}
