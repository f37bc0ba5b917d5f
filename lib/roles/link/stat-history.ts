import type { Clock } from '../../base';
import type { Stat } from '../../gateway';

/** How long reports are kept for a leader that comes, in milliseconds: as far back as it looks by default, twice. */
const KEPT_MS = 120_000;
/** How many there may be. */
const MAX_STATS = 50_000;

/** One report of a gateway. */
export interface StatBatch {
  readonly seq: number;
  readonly stats: readonly Stat[];
}

/** What a gateway has reported of late: who comes to lead decides as who has led before. */
export class StatHistory {
  #batches: (StatBatch & { readonly at: number })[] = [];
  #size = 0;
  #seq = 0;

  constructor(private readonly clock: Clock) {}

  add(stats: readonly Stat[]): StatBatch {
    const at = this.clock.now();
    const batch = { seq: ++this.#seq, stats, at };
    this.#batches.push(batch);
    this.#size += stats.length;
    while (this.#batches[0]!.at < at - KEPT_MS || (this.#size > MAX_STATS && this.#batches.length > 1))
      this.#size -= this.#batches.shift()!.stats.length;
    return batch;
  }

  /** Reports after one, oldest first. */
  since(seq: number): readonly StatBatch[] {
    const oldest = this.clock.now() - KEPT_MS;
    return this.#batches.filter((batch) => batch.seq > seq && batch.at >= oldest);
  }
}
