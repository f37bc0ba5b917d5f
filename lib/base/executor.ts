import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Counts work that is under way, so that virtual time can be moved only when nothing is left to do at the present instant.
 *
 * Two kinds of work need no counting: promise chains (they run to their end before `idle` looks again) and anything that
 * waits for the clock (moving time is what it waits for). What must be tracked is work that finishes by itself outside
 * both: a user's handler, a file being read, a request on a real socket.
 */
export interface Executor {
  /** Starts `work` in the background, counted until it settles. A rejection goes to `onError`, never to the process. */
  run(label: string, work: () => Promise<unknown> | unknown): void;
  /** Runs `work`, counted until it settles, and returns its result. */
  track<T>(label: string, work: () => Promise<T>): Promise<T>;
  /** Takes the work that calls this out of the count while `promise` is pending: it waits for time or for other work. */
  suspended<T>(promise: Promise<T>): Promise<T>;
  /**
   * Resolves when background work may do its next step. In real time that is after the event loop has come round, one step each
   * time: what came in meanwhile is dealt with first, so that nobody's request waits for a long row of steps.
   */
  turn(): Promise<void>;
  /** Labels of the work under way, oldest first; for explaining why `idle` does not come. */
  pending(): string[];
  /** Resolves when no counted work is under way and everything already scheduled at this instant has run. */
  idle(): Promise<void>;
}

interface Work {
  readonly label: string;
  waiting: number;
}

/** How often the event loop must come round without new work before the instant counts as quiet. */
const QUIET_TURNS = 3;

/**
 * The executor for real time, where nothing asks which work waits for what: it counts, and no more. `onError` receives what
 * background work throws.
 */
export class RealExecutor implements Executor {
  readonly #work = new Set<{ readonly label: string }>();
  #onIdle: (() => void)[] = [];
  /** Steps that wait for their turn, in order. */
  readonly #turns: (() => void)[] = [];
  readonly #nextTurn = (): void => {
    this.#turns.shift()?.();
    if (this.#turns.length > 0) setImmediate(this.#nextTurn);
  };

  constructor(private readonly onError: (error: unknown, label: string) => void) {}

  run(label: string, work: () => Promise<unknown> | unknown): void {
    this.track(label, async () => work()).catch((error: unknown) => this.onError(error, label));
  }

  async track<T>(label: string, work: () => Promise<T>): Promise<T> {
    const item = { label };
    this.#work.add(item);
    try {
      return await work();
    } finally {
      this.#work.delete(item);
      if (this.#work.size === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
    }
  }

  suspended<T>(promise: Promise<T>): Promise<T> {
    return promise;
  }

  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#turns.push(resolve);
      if (this.#turns.length === 1) setImmediate(this.#nextTurn);
    });
  }

  pending(): string[] {
    return [...this.#work].map(({ label }) => label);
  }

  async idle(): Promise<void> {
    if (this.#work.size > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }
}

/**
 * The executor for virtual time: it knows of each piece of work whether it is at work or waits. `onError` receives what
 * background work throws. Knowing costs every promise of the process a little while work is under way.
 */
export class CountingExecutor implements Executor {
  readonly #current = new AsyncLocalStorage<Work>();
  readonly #work = new Set<Work>();
  #started = 0;
  #wake: (() => void)[] = [];

  constructor(private readonly onError: (error: unknown, label: string) => void) {}

  run(label: string, work: () => Promise<unknown> | unknown): void {
    this.track(label, async () => work()).catch((error: unknown) => this.onError(error, label));
  }

  async track<T>(label: string, work: () => Promise<T>): Promise<T> {
    const item: Work = { label, waiting: 0 };
    this.#work.add(item);
    this.#started++;
    try {
      return await this.#current.run(item, work);
    } finally {
      this.#work.delete(item);
      // An enabled AsyncLocalStorage is asked at every promise of the process, for as long as it lives.
      if (this.#work.size === 0) this.#current.disable();
      this.#signal();
    }
  }

  async suspended<T>(promise: Promise<T>): Promise<T> {
    const item = this.#current.getStore();
    if (!item) return promise;
    item.waiting++;
    this.#signal();
    try {
      return await promise;
    } finally {
      item.waiting--;
      this.#started++;
    }
  }

  /** In virtual time nobody waits meanwhile: at once. */
  turn(): Promise<void> {
    return Promise.resolve();
  }

  pending(): string[] {
    return [...this.#work].filter((item) => item.waiting === 0).map((item) => item.label);
  }

  async idle(): Promise<void> {
    for (let quiet = 0; quiet < QUIET_TURNS; ) {
      const before = this.#started;
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (this.pending().length > 0) {
        await new Promise<void>((resolve) => this.#wake.push(resolve));
        quiet = 0;
      } else {
        quiet = this.#started === before ? quiet + 1 : 0;
      }
    }
  }

  #signal(): void {
    if (this.#wake.length === 0 || this.pending().length > 0) return;
    const waiters = this.#wake;
    this.#wake = [];
    for (const wake of waiters) wake();
  }
}
