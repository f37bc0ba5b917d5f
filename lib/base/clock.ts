/** A timer that has not fired yet. Cancelling one that has fired does nothing. */
export interface Timer {
  cancel(): void;
}

/**
 * The only source of time. Everything that waits, stamps or measures takes a `Clock`, so the same code runs in real time
 * on a laptop and in virtual time in a test.
 */
export interface Clock {
  /** Wall-clock time in milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds, with fractions, from an arbitrary origin; never goes back. For measuring spans. */
  monotonic(): number;
  /** Calls `fn` once, `ms` milliseconds from now. */
  after(ms: number, fn: () => void): Timer;
  /** Calls `fn` every `ms` milliseconds until cancelled; a missed beat is not made up for. */
  every(ms: number, fn: () => void): Timer;
  /** Resolves `ms` milliseconds from now, or rejects with the signal's reason once it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** `ms` as Kubernetes writes times: RFC 3339, UTC, whole seconds (metav1.Time). */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** `sleep` in terms of `after`; shared by every clock. */
export function sleepOn(clock: Pick<Clock, 'after'>, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = clock.after(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** The longest that a timer of Node may run: 24.8 days. */
const LONGEST_MS = 2 ** 31 - 1;

/** The machine's clock. Its timers keep the process alive, as Node's do, unless `unref` is set. */
export class RealClock implements Clock {
  constructor(private readonly options: { readonly unref?: boolean } = {}) {}

  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  after(ms: number, fn: () => void): Timer {
    // Node fires at once what is to wait for longer than its longest timer, so that is waited for in parts.
    let handle: NodeJS.Timeout;
    const wait = (left: number): void => {
      handle = left > LONGEST_MS ? setTimeout(() => wait(left - LONGEST_MS), LONGEST_MS) : setTimeout(fn, left);
      if (this.options.unref) handle.unref();
    };
    wait(ms);
    return { cancel: () => clearTimeout(handle) };
  }

  every(ms: number, fn: () => void): Timer {
    const handle = setInterval(fn, Math.min(ms, LONGEST_MS));
    if (this.options.unref) handle.unref();
    return { cancel: () => clearInterval(handle) };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }
}
