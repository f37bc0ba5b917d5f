import { type Clock, type Random, randomInt, type Timer } from '../base';
import type { CancelSignal } from './cancellation';

/** One pod as the breaker sees it. */
export interface Slot {
  /** Requests inside now. Kept by the breaker. */
  inFlight: number;
}

/** Why a request did not get a slot. The messages are upstream's (knative.dev/serving queue.Breaker). */
export class BreakerError extends Error {
  constructor(readonly reason: 'queue-full' | 'deadline' | 'aborted' | 'no-endpoint') {
    super(MESSAGES[reason]);
    this.name = 'BreakerError';
  }
}

const MESSAGES = {
  'queue-full': 'pending request queue full',
  deadline: 'context deadline exceeded',
  aborted: 'context canceled',
  'no-endpoint': 'no healthy upstream',
} as const;

export interface BreakerOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Requests at once in one slot; 0 means no limit. */
  readonly concurrency: number;
  /** How many requests may wait. @default 10000 */
  readonly maxPending?: number;
  /** How many bytes the waiting requests may hold together. @default 64 MiB */
  readonly maxPendingBytes?: number;
}

interface Waiter<S> {
  readonly bytes: number;
  readonly slotsOnly: boolean;
  readonly resolve: (slot: S) => void;
  readonly reject: (error: Error) => void;
  readonly timer: Timer;
  readonly stop: () => void;
}

/** What a request brings to the queue. */
export interface Claimant {
  /** Bytes held while it waits. */
  readonly bytes: number;
  /** How long it may wait, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: CancelSignal;
  /** Before all who wait: for a request that had a slot and lost it through no fault of its own. */
  readonly front?: boolean;
  /** It takes one of the slots that are set, and nothing that is granted from elsewhere. */
  readonly slotsOnly?: boolean;
}

/**
 * Lets no more requests into a slot than its concurrency, and keeps the rest in order of arrival until there is room.
 * The choice among slots is the activator's: without a limit the less loaded of two drawn at random; up to 3 the first with
 * room; above, in turn.
 */
export class Breaker<S extends Slot> {
  readonly #waiting = new Set<Waiter<S>>();
  /** Those who go before: they had a slot already. */
  readonly #urgent = new Set<Waiter<S>>();
  readonly #maxPending: number;
  readonly #maxPendingBytes: number;
  #slots: readonly S[] = [];
  #concurrency: number;
  #pendingBytes = 0;
  #slotsOnly = 0;
  #turn = 0;

  constructor(private readonly options: BreakerOptions) {
    this.#concurrency = options.concurrency;
    this.#maxPending = options.maxPending ?? 10_000;
    this.#maxPendingBytes = options.maxPendingBytes ?? 64 * 1024 * 1024;
  }

  /** Requests that wait. */
  get pending(): number {
    return this.#waiting.size + this.#urgent.size;
  }

  /** Those of them who take what is granted from elsewhere. */
  get pendingAnywhere(): number {
    return this.pending - this.#slotsOnly;
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** The slots that may take requests from now on. Those left out keep what is inside them. */
  setSlots(slots: readonly S[]): void {
    this.#slots = slots;
    this.#drain();
  }

  setConcurrency(concurrency: number): void {
    this.#concurrency = concurrency;
    this.#drain();
  }

  /** A slot at once, or undefined if there is no room or others wait. Give it back with `release`. */
  tryAcquire(): S | undefined {
    return this.pending > 0 ? undefined : this.#take();
  }

  /** A slot, when there is one. Rejects with BreakerError. */
  acquire(claimant: Claimant): Promise<S> {
    const slot = claimant.front ? this.#take() : this.tryAcquire();
    if (slot) return Promise.resolve(slot);
    if (claimant.signal.aborted) return Promise.reject(new BreakerError('aborted'));
    const full = this.pending >= this.#maxPending || this.#pendingBytes + claimant.bytes > this.#maxPendingBytes;
    if (full && !claimant.front) return Promise.reject(new BreakerError('queue-full'));
    return new Promise((resolve, reject) => {
      const onAbort = () => this.#refuse(waiter, 'aborted');
      const waiter: Waiter<S> = {
        bytes: claimant.bytes,
        slotsOnly: claimant.slotsOnly ?? false,
        resolve,
        reject,
        timer: this.options.clock.after(claimant.timeoutMs, () => this.#refuse(waiter, 'deadline')),
        stop: () => claimant.signal.removeEventListener('abort', onAbort),
      };
      claimant.signal.addEventListener('abort', onAbort, { once: true });
      this.#pendingBytes += claimant.bytes;
      if (waiter.slotsOnly) this.#slotsOnly++;
      (claimant.front ? this.#urgent : this.#waiting).add(waiter);
    });
  }

  /** Gives a slot from elsewhere to the first who takes such; false if there is nobody. */
  grant(slot: S): boolean {
    for (const waiter of [...this.#urgent, ...this.#waiting]) {
      if (waiter.slotsOnly) continue;
      slot.inFlight++;
      this.#leave(waiter);
      waiter.resolve(slot);
      return true;
    }
    return false;
  }

  /** Refuses all who wait. */
  refuseAll(error: Error): void {
    for (const waiter of [...this.#urgent, ...this.#waiting]) {
      this.#leave(waiter);
      waiter.reject(error);
    }
  }

  /** Gives a slot back; the next in the queue gets it if it still takes requests. */
  release(slot: S): void {
    slot.inFlight--;
    if (this.pending > 0) this.#drain();
  }

  #refuse(waiter: Waiter<S>, reason: BreakerError['reason']): void {
    if (!this.#leave(waiter)) return;
    waiter.reject(new BreakerError(reason));
  }

  #leave(waiter: Waiter<S>): boolean {
    if (!this.#waiting.delete(waiter) && !this.#urgent.delete(waiter)) return false;
    this.#pendingBytes -= waiter.bytes;
    if (waiter.slotsOnly) this.#slotsOnly--;
    waiter.timer.cancel();
    waiter.stop();
    return true;
  }

  #drain(): void {
    for (const waiting of [this.#urgent, this.#waiting]) {
      for (const waiter of waiting) {
        const slot = this.#take();
        if (!slot) return;
        this.#leave(waiter);
        waiter.resolve(slot);
      }
    }
  }

  #take(): S | undefined {
    const slot = this.#pick();
    if (slot) slot.inFlight++;
    return slot;
  }

  #pick(): S | undefined {
    const slots = this.#slots;
    if (slots.length === 0) return undefined;
    if (this.#concurrency === 0) return this.#lessLoadedOfTwo(slots);
    if (this.#concurrency <= 3) return slots.find((slot) => slot.inFlight < this.#concurrency);
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[(this.#turn + i) % slots.length]!;
      if (slot.inFlight < this.#concurrency) {
        this.#turn = (this.#turn + i + 1) % slots.length;
        return slot;
      }
    }
    return undefined;
  }

  #lessLoadedOfTwo(slots: readonly S[]): S {
    if (slots.length === 1) return slots[0]!;
    const first = randomInt(this.options.random, slots.length);
    const offset = 1 + randomInt(this.options.random, slots.length - 1);
    const a = slots[first]!;
    const b = slots[(first + offset) % slots.length]!;
    return b.inFlight < a.inFlight ? b : a;
  }
}
