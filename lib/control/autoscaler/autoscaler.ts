import type { Clock, Executor, Log, Metrics, Timer } from '../../base';
import type { Answerer } from '../engine/answers';
import type { Ask } from '../reconciler';
import type { Decision } from './decide';
import type { DeciderSpec } from './decider';
import type { Explanation } from './explanation';
import { RevisionDecider } from './revision-decider';
import { ScaleMetrics } from './scale-metrics';
import { type Stat, statKey } from './stat';

/** How often deciders that have something to decide are asked, in milliseconds. */
export const TICK_MS = 2000;

/** Reports on revisions that nobody has asked about yet are kept so long, in milliseconds, for when somebody does. */
const EARLY_MS = 120_000;
/** How many such reports there may be. */
const MAX_EARLY = 50_000;

/** The topic under which plans ask for a scale; the key is `namespace/revision`, the input a DeciderSpec. */
export const SCALE_TOPIC = 'scale';

/** What a plan learns of a decision. */
export interface ScaleAnswer {
  readonly desired: number;
  readonly excessBurstCapacity: number;
}

/** A revision's desired scale has changed. */
export interface ScaleChange {
  readonly namespace: string;
  readonly revision: string;
  /** Undefined for the first decision. */
  readonly from: number | undefined;
  readonly to: number;
  readonly explanation: Explanation;
}

export interface AutoscalerOptions {
  readonly clock: Clock;
  readonly executor: Executor;
  readonly log: Log;
  readonly metrics: Metrics;
  /**
   * How long a first request at scale zero waits for its decision, in milliseconds. A gateway raises the scale by itself meanwhile: what is
   * decided then is how many more there have to be, and the API server hears of one pod once. @default 0
   */
  readonly firstDecisionDelayMs?: number;
}

interface Entry {
  readonly decider: RevisionDecider;
  onAnswer: (key: string, value: unknown) => void;
  answered: ScaleAnswer | undefined;
}

/**
 * The Knative Pod Autoscaler (https://knative.dev/docs/serving/autoscaling/kpa-specific/): gateways report to it, plans ask
 * it. All arithmetic is in `decide`; here are the histories, and the one timer, which runs only while some revision has
 * pods or traffic.
 */
export class Autoscaler implements Answerer {
  readonly topic = SCALE_TOPIC;
  readonly #options: AutoscalerOptions;
  readonly #metrics: ScaleMetrics;
  readonly #entries = new Map<string, Entry>();
  /** Keys of deciders for which time alone may change something. */
  readonly #awake = new Set<string>();
  readonly #listeners = new Set<(change: ScaleChange) => void>();
  /** Keys of deciders at zero that have had a first request, and the time at which they are asked. */
  readonly #poked = new Map<string, Timer>();
  /** Reports from before anybody has asked: a leader hears gateways before its plans ask. */
  readonly #early = new Map<string, Stat[]>();
  #earlyCount = 0;
  #hearing = true;
  #timer: Timer | undefined;

  constructor(options: AutoscalerOptions) {
    this.#options = options;
    this.#metrics = new ScaleMetrics(options.metrics);
  }

  /** Takes in what gateways report. A first request at scale zero is not left to the next tick. */
  record(stats: readonly Stat[]): void {
    const now = this.#options.clock.now();
    const poked = new Set<string>();
    for (const stat of stats) {
      const key = statKey(stat);
      const entry = this.#entries.get(key);
      if (!entry) {
        this.#keepEarly(key, stat);
        continue;
      }
      entry.decider.record(stat, now);
      if (stat.averageConcurrency === 0 && stat.requestCount <= 0) continue;
      this.#wake(key);
      if (entry.decider.atZero && stat.averageConcurrency > 0) poked.add(key);
    }
    const { firstDecisionDelayMs: delay = 0 } = this.#options;
    for (const key of poked) {
      if (delay === 0) this.#decide(key, now);
      else if (!this.#poked.has(key)) this.#decideLater(key, delay);
    }
  }

  /** A question from a plan; asked again with another input, the history stays. */
  ask(ask: Ask, onAnswer: (key: string, value: unknown) => void): void {
    const spec = ask.input as DeciderSpec;
    const known = this.#entries.get(ask.key);
    if (known) {
      known.decider.spec = spec;
      known.onAnswer = onAnswer;
      if (known.answered) onAnswer(ask.key, known.answered);
    } else {
      const [namespace = '', revision = ''] = ask.key.split('/');
      const decider = new RevisionDecider(namespace, revision, spec, this.#options.clock.now());
      this.#entries.set(ask.key, { decider, onAnswer, answered: undefined });
      this.#takeEarly(ask.key, decider);
    }
    if (!this.#entries.get(ask.key)!.decider.atRest) this.#wake(ask.key);
  }

  /** Drops the history: the revision is gone. */
  forget(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#sleep(key);
    this.#poked.get(key)?.cancel();
    this.#poked.delete(key);
    this.#metrics.forget(entry.decider.namespace, entry.decider.revision);
  }

  /** The last decision about a revision with every number that led to it; undefined before the first. */
  explain(namespace: string, revision: string): Explanation | undefined {
    return this.#entries.get(statKey({ namespace, revision }))?.decider.last?.explanation;
  }

  /** Calls `listener` whenever a desired scale changes; the function returned ends that. */
  onDecision(listener: (change: ScaleChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Whether every gateway that takes requests is heard. While one is not, silence says nothing, and no decision takes pods away.
   * @default true
   */
  setHearing(all: boolean): void {
    this.#hearing = all;
  }

  /** Stops deciding; what was reported is kept. */
  stop(): void {
    for (const key of [...this.#awake]) this.#sleep(key);
    for (const timer of this.#poked.values()) timer.cancel();
    this.#poked.clear();
  }

  #keepEarly(key: string, stat: Stat): void {
    if (this.#earlyCount >= MAX_EARLY) {
      this.#early.clear();
      this.#earlyCount = 0;
    }
    const kept = this.#early.get(key) ?? [];
    kept.push(stat);
    this.#earlyCount++;
    for (; kept[0]!.time < stat.time - EARLY_MS; this.#earlyCount--) kept.shift();
    this.#early.set(key, kept);
  }

  #takeEarly(key: string, decider: RevisionDecider): void {
    const kept = this.#early.get(key) ?? [];
    this.#early.delete(key);
    this.#earlyCount -= kept.length;
    const now = this.#options.clock.now();
    for (const stat of kept) if (stat.time > now - EARLY_MS) decider.record(stat, now);
  }

  #wake(key: string): void {
    this.#awake.add(key);
    this.#timer ??= this.#options.clock.every(TICK_MS, () => this.#options.executor.run('autoscaler: tick', () => this.#tick()));
  }

  #sleep(key: string): void {
    this.#awake.delete(key);
    if (this.#awake.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #tick(): void {
    const now = this.#options.clock.now();
    for (const key of [...this.#awake]) {
      this.#decide(key, now);
      if (this.#entries.get(key)?.decider.atRest ?? true) this.#sleep(key);
    }
  }

  /** Decides once gateways have had their time. */
  #decideLater(key: string, delayMs: number): void {
    const { clock, executor } = this.#options;
    const decide = () => {
      this.#poked.delete(key);
      this.#decide(key, clock.now());
    };
    const timer = clock.after(delayMs, () => executor.run('autoscaler: first request', decide));
    this.#poked.set(key, timer);
  }

  #decide(key: string, now: number): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    const { decider } = entry;
    const before = decider.decided?.desired;
    const decision = decider.decide(now, this.#hearing);
    this.#options.log.debug('scale decision', {
      namespace: decider.namespace,
      revision: decider.revision,
      ...decision.explanation,
    });
    if (decision.desired === undefined) return;
    this.#metrics.record(decider.namespace, decider.revision, decision);
    this.#answer(key, entry, decision);
    if (decision.desired !== before) this.#announce(decider, before, decision);
  }

  /** Plans care about the scale and about which side of zero the burst capacity is on. */
  #answer(key: string, entry: Entry, { desired, excessBurstCapacity }: Decision): void {
    const { answered } = entry;
    if (answered && answered.desired === desired && answered.excessBurstCapacity < 0 === excessBurstCapacity < 0) return;
    entry.answered = { desired: desired!, excessBurstCapacity };
    entry.onAnswer(key, entry.answered);
  }

  #announce({ namespace, revision }: RevisionDecider, from: number | undefined, { desired, explanation }: Decision): void {
    for (const listener of this.#listeners) listener({ namespace, revision, from, to: desired!, explanation });
  }
}
