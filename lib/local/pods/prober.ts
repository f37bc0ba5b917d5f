import type { Probe } from '../../api';
import type { Clock, Executor, Timer } from '../../base';

export type ProbeKind = 'startup' | 'readiness' | 'liveness';

export interface ProberOptions {
  readonly kind: ProbeKind;
  readonly probe: Probe;
  readonly clock: Clock;
  readonly executor: Executor;
  /** Asks once; resolves with what is wrong, or undefined. */
  readonly check: (signal: AbortSignal) => Promise<string | undefined>;
  /** Called when the verdict changes: after enough successes or failures in a row. */
  readonly onVerdict: (good: boolean) => void;
  /** Called with what is wrong for each failure that counts: at most once in a period. */
  readonly onFailure?: (problem: string) => void;
}

/** Kubernetes' defaults for what a probe leaves open. */
const PERIOD_S = 10;
/** What is written where a probe says no period: 10 s by an API server, 1 s (the fastest there is) for a Knative revision. */
const UNSET_PERIODS_S = new Set([1, PERIOD_S]);
const TIMEOUT_S = 1;
const FAILURES = 3;
/** The least time between a question and one that a sign of life causes, in milliseconds: programs can write a lot. */
const NUDGE_GAP_MS = 1;

/**
 * Asks a container again and again. A readiness or startup probe whose `periodSeconds` is 0 or unset asks every few
 * milliseconds until it first succeeds (Knative's aggressive probing), then every 10 s; so does one with a period that is
 * written where none was said. Failures meanwhile count once in a period, so that starting slowly is no reason to be killed
 * earlier than Kubernetes would.
 */
export class Prober {
  readonly #periodMs: number;
  readonly #eager: boolean;
  #verdict: boolean | undefined;
  #successes = 0;
  #failures = 0;
  #startedAt = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;
  #asking: AbortController | undefined;
  #stopped = false;

  constructor(private readonly options: ProberOptions) {
    const { probe, kind } = options;
    this.#periodMs = (probe.periodSeconds || PERIOD_S) * 1000;
    this.#eager = kind !== 'liveness' && UNSET_PERIODS_S.has(probe.periodSeconds || PERIOD_S);
  }

  start(): void {
    const { probe, clock } = this.options;
    const initialDelayMs = (probe.initialDelaySeconds ?? 0) * 1000;
    this.#startedAt = clock.monotonic() + initialDelayMs;
    if (initialDelayMs === 0) this.#ask();
    else this.#timer = clock.after(initialDelayMs, () => this.#ask());
  }

  /** Asks now, if an answer is still looked for: the container has just shown a sign of life. */
  nudge(): void {
    const { clock } = this.options;
    if (this.#stopped || !this.#timer || !this.#searching) return;
    if (clock.monotonic() - Math.max(this.#askedAt, this.#startedAt) < NUDGE_GAP_MS) return;
    this.#timer.cancel();
    this.#ask();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#asking?.abort();
  }

  #ask(): void {
    this.#timer = undefined;
    this.options.executor.run(`${this.options.kind} probe`, () => this.#askOnce());
  }

  async #askOnce(): Promise<void> {
    const { probe, clock, check } = this.options;
    const asking = new AbortController();
    this.#asking = asking;
    this.#askedAt = clock.monotonic();
    const timeout = clock.after((probe.timeoutSeconds || TIMEOUT_S) * 1000, () => asking.abort());
    const problem = await check(asking.signal);
    timeout.cancel();
    if (this.#stopped) return;
    this.#count(problem);
    if (this.#stopped) return;
    const delay = this.#searching ? eagerDelay(clock.monotonic() - this.#startedAt) : this.#periodMs;
    this.#timer = clock.after(Math.max(0, delay - (clock.monotonic() - this.#askedAt)), () => this.#ask());
  }

  get #searching(): boolean {
    return this.#eager && this.#verdict !== true;
  }

  #count(problem: string | undefined): void {
    const { probe, clock } = this.options;
    if (problem === undefined) {
      this.#failures = 0;
      if (++this.#successes >= (probe.successThreshold || 1)) this.#decide(true);
      return;
    }
    this.#successes = 0;
    const elapsedPeriods = Math.floor((clock.monotonic() - this.#startedAt) / this.#periodMs);
    const before = this.#failures;
    this.#failures = this.#searching ? elapsedPeriods : before + 1;
    if (this.#failures > before) this.options.onFailure?.(problem);
    if (this.#failures >= (probe.failureThreshold || FAILURES)) this.#decide(false);
  }

  #decide(good: boolean): void {
    if (this.#verdict === good) return;
    this.#verdict = good;
    this.options.onVerdict(good);
  }
}

/**
 * How long to wait between two eager questions, in milliseconds. Most programs that start at all do so at once; asking more
 * often than this slows the start of what is asked, on a machine with few cores.
 */
export function eagerDelay(elapsedMs: number): number {
  if (elapsedMs < 10_000) return 5;
  return elapsedMs < 60_000 ? 50 : 250;
}
