import type { Retention } from '../../eventing';

/** For how long events that everyone has got are kept, so that they can be replayed, of each broker and channel. */
export interface EventRetention {
  /** Milliseconds. @default a day, and an hour without state */
  readonly ageMs?: number;
  /** Bytes. The oldest events go first, also those that a deleted trigger might still want. @default 64 MiB, and 32 MiB without state */
  readonly bytes?: number;
  /** Bytes of all events of one broker or channel: beyond, it takes none. @default what there is room for; 1 GiB without state */
  readonly capacity?: number;
}

const DAY_MS = 86_400_000;
const MIB = 2 ** 20;

/** @param durable events survive this process */
export function retentionOf(durable: boolean, { ageMs, bytes, capacity }: EventRetention = {}): Retention {
  const [usualMs, usualBytes] = durable ? [DAY_MS, 64 * MIB] : [DAY_MS / 24, 32 * MIB];
  return { ageMs: ageMs ?? usualMs, bytes: bytes ?? usualBytes, ...(capacity === undefined ? {} : { capacity }) };
}
