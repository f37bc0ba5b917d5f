import type { Clock, Executor, Timer } from '../../base';

/** Back-off of one item: client-go's default item exponential failure rate limiter. */
const BASE_DELAY_MS = 5;
const MAX_DELAY_MS = 1_000_000;
/** The longest that a timer of the machine can wait; a longer delay ends early rather than at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** An item that is handled more often than this in a second is being fought over: it goes on once a second. */
const MAX_RUNS_A_SECOND = 500;
const COOLING_MS = 1000;

interface Entry<T> {
  readonly item: T;
  state: 'idle' | 'ready' | 'running';
  /** Added again while running. */
  dirty: boolean;
  failures: number;
  delayed: Timer | undefined;
  /** The second in which `runs` were counted, by the clock. */
  second: number;
  runs: number;
  /** Waits for being slowed down. */
  cooling: boolean;
}

/**
 * A deduplicating queue with per-item exponential back-off, as client-go's: an item waits at most once, is handled by one worker
 * at a time, and is handled again if it was added meanwhile. Two controllers that undo each other's work cannot keep the process
 * to themselves: an item that is handled hundreds of times in a second is slowed down. Each item is one step of background work
 * (`Executor.turn`); no timer is involved.
 */
export class WorkQueue<T> {
  readonly #entries = new Map<T, Entry<T>>();
  readonly #ready = new Set<Entry<T>>();
  #workers = 0;
  #stopped = false;
  #onIdle: (() => void)[] = [];

  constructor(
    private readonly options: {
      readonly name: string;
      readonly clock: Clock;
      readonly executor: Executor;
      /** How many items are handled at once. */
      readonly concurrency: number;
      readonly handle: (item: T) => Promise<void>;
    },
  ) {}

  /** Items that wait for a worker. */
  get depth(): number {
    return this.#ready.size;
  }

  add(item: T): void {
    if (this.#stopped) return;
    const entry = this.#entry(item);
    if (entry.state === 'running') entry.dirty = true;
    else if (this.#isHot(entry)) {
      if (!entry.cooling) this.addAfter(item, COOLING_MS);
      entry.cooling = true;
    } else if (entry.state === 'idle') {
      entry.state = 'ready';
      this.#ready.add(entry);
      this.#startWorker();
    }
  }

  /** Adds the item once `ms` milliseconds have passed; replaces what was said before about the item. */
  addAfter(item: T, ms: number): void {
    if (this.#stopped) return;
    const entry = this.#entry(item);
    entry.delayed?.cancel();
    entry.delayed = this.options.clock.after(Math.min(ms, MAX_TIMER_MS), () => {
      entry.delayed = undefined;
      this.add(item);
    });
  }

  /** Takes back `addAfter`. */
  cancelDelayed(item: T): void {
    const entry = this.#entries.get(item);
    entry?.delayed?.cancel();
    if (entry) entry.delayed = undefined;
  }

  /** Adds the item after 5 ms, then 10, 20 and so on up to 1000 s, until it is forgiven. */
  addRateLimited(item: T): void {
    const entry = this.#entry(item);
    const delay = Math.min(BASE_DELAY_MS * 2 ** entry.failures, MAX_DELAY_MS);
    entry.failures++;
    this.addAfter(item, delay);
  }

  /** Forgets the failures of an item. */
  forgive(item: T): void {
    const entry = this.#entries.get(item);
    if (entry) entry.failures = 0;
  }

  /** Forgets the item altogether; a worker that has it finishes. */
  remove(item: T): void {
    const entry = this.#entries.get(item);
    if (!entry) return;
    entry.delayed?.cancel();
    this.#ready.delete(entry);
    if (entry.state === 'running') entry.dirty = false;
    this.#entries.delete(item);
  }

  /** Takes no more work; resolves when the workers have finished theirs. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const entry of this.#entries.values()) entry.delayed?.cancel();
    this.#ready.clear();
    if (this.#workers > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  #entry(item: T): Entry<T> {
    let entry = this.#entries.get(item);
    if (!entry) {
      entry = { item, state: 'idle', dirty: false, failures: 0, delayed: undefined, second: 0, runs: 0, cooling: false };
      this.#entries.set(item, entry);
    }
    return entry;
  }

  #startWorker(): void {
    if (this.#workers >= this.options.concurrency) return;
    this.#workers++;
    this.options.executor.run(this.options.name, () => this.#work());
  }

  async #work(): Promise<void> {
    const { executor } = this.options;
    try {
      // Whatever else the present change brings about in this tick is one piece of work.
      await executor.turn();
      for (let entry = this.#take(); entry; entry = this.#take()) {
        await this.options.handle(entry.item);
        this.#done(entry);
        if (this.#ready.size > 0) await executor.turn();
      }
    } finally {
      this.#workers--;
      if (this.#workers === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
    }
  }

  #take(): Entry<T> | undefined {
    const [entry] = this.#ready;
    if (!entry) return undefined;
    this.#ready.delete(entry);
    entry.state = 'running';
    entry.runs++;
    entry.cooling = false;
    return entry;
  }

  #isHot(entry: Entry<T>): boolean {
    const second = Math.floor(this.options.clock.now() / 1000);
    if (entry.second !== second) {
      entry.second = second;
      entry.runs = 0;
    }
    return entry.runs > MAX_RUNS_A_SECOND;
  }

  #done(entry: Entry<T>): void {
    entry.state = 'idle';
    if (!entry.dirty) return;
    entry.dirty = false;
    this.add(entry.item);
  }
}
