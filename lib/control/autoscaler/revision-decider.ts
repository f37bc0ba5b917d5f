import { type Decision, decide } from './decide';
import { type DeciderSpec, type DeciderState, initialState } from './decider';
import { History, secondOf } from './history';
import type { Stat } from './stat';

/** One revision's decider: what was reported, what it remembers, and its last decision. */
export class RevisionDecider {
  readonly #history = new History();
  #state: DeciderState;
  #last: Decision | undefined;
  /** The last decision that had something to go by. */
  #decided: Decision | undefined;

  constructor(
    readonly namespace: string,
    readonly revision: string,
    public spec: DeciderSpec,
    now: number,
  ) {
    this.#state = initialState(spec.readyPods, now);
  }

  get last(): Decision | undefined {
    return this.#last;
  }

  get decided(): Decision | undefined {
    return this.#decided;
  }

  /** True if nothing wants pods: a request must not wait for the next tick. */
  get atZero(): boolean {
    return !this.#decided?.desired;
  }

  /**
   * True if time alone changes nothing: there are no pods, none are wanted, and at least one decision has been made since the
   * spec became known.
   */
  get atRest(): boolean {
    return this.#last !== undefined && this.spec.readyPods === 0 && this.atZero;
  }

  record(stat: Stat, now: number): void {
    this.#history.record(Math.min(stat.time, now), stat.averageConcurrency, stat.requestCount, this.#longestWindow);
  }

  /** @param hearing whether every gateway is heard; otherwise silence is no load of zero, and there are to be no fewer pods than before */
  decide(now: number, hearing = true): Decision {
    if (hearing) this.#fillSilence(now);
    const free = decide(this.#history.samples, this.spec, this.#state, now);
    const least = this.#decided?.desired ?? this.spec.readyPods;
    const held = !hearing && free.desired !== undefined && free.desired < least;
    const decision = held ? { ...free, desired: least } : free;
    this.#state = decision.state;
    this.#last = decision;
    if (decision.desired !== undefined) this.#decided = decision;
    return decision;
  }

  get #longestWindow(): number {
    return Math.max(this.spec.stableWindow, this.spec.panicWindow);
  }

  /**
   * Where upstream scrapes pods that say zero, a gateway that has nothing to tell says nothing. It sees every request, so a
   * second without a report is a second without requests, as long as there are pods or pods are wanted. A report may come a
   * second late.
   */
  #fillSilence(now: number): void {
    if (this.spec.readyPods === 0 && this.atZero) return;
    const complete = secondOf(now) - 1;
    const newest = this.#history.newest;
    if (!newest || newest.second < complete - 1) this.#history.record(complete * 1000, 0, 0, this.#longestWindow);
  }
}
