import { type Clock, sleepOn, type Timer } from './clock';
import type { Executor } from './executor';

interface Entry {
  at: number;
  readonly seq: number;
  readonly fn: () => void;
  readonly period?: number;
}

/**
 * A clock that stands still until `advance` moves it. Timers fire in order of their time, then of their making; between two
 * instants the executor runs to quiescence, so every consequence of one instant has happened before the next begins.
 */
export class VirtualClock implements Clock {
  readonly #timers = new Set<Entry>();
  readonly #start: number;
  #now: number;
  #seq = 0;
  #moving: Promise<void> = Promise.resolve();

  /** @param start the time at which the clock stands, in milliseconds since the epoch. @default 2026-01-01T00:00:00Z */
  constructor(
    private readonly executor: Executor,
    start: number = Date.UTC(2026, 0, 1),
  ) {
    this.#start = start;
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now - this.#start;
  }

  after(ms: number, fn: () => void): Timer {
    return this.#add({ at: this.#now + Math.max(0, ms), seq: this.#seq++, fn });
  }

  every(ms: number, fn: () => void): Timer {
    const period = Math.max(1, ms);
    return this.#add({ at: this.#now + period, seq: this.#seq++, fn, period });
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.executor.suspended(sleepOn(this, ms, signal));
  }

  /** When the next timer is due, in milliseconds since the epoch; undefined if none is set. */
  nextTimer(): number | undefined {
    return this.#earliest()?.at;
  }

  /** Runs everything due at the present instant and its consequences, without moving time. */
  settle(): Promise<void> {
    return this.advance(0);
  }

  /** Moves time forward by `ms` milliseconds, firing every timer on the way. Calls queue up behind each other. */
  advance(ms: number): Promise<void> {
    this.#moving = this.#moving.then(() => this.#advanceTo(this.#now + ms));
    return this.#moving;
  }

  async #advanceTo(target: number): Promise<void> {
    for (;;) {
      await this.executor.idle();
      const next = this.#earliest();
      if (!next || next.at > target) break;
      this.#now = Math.max(this.#now, next.at);
      if (next.period === undefined) this.#timers.delete(next);
      else next.at += next.period;
      next.fn();
    }
    this.#now = target;
  }

  #add(entry: Entry): Timer {
    this.#timers.add(entry);
    return { cancel: () => this.#timers.delete(entry) };
  }

  #earliest(): Entry | undefined {
    let first: Entry | undefined;
    for (const entry of this.#timers) {
      if (!first || entry.at < first.at || (entry.at === first.at && entry.seq < first.seq)) first = entry;
    }
    return first;
  }
}
