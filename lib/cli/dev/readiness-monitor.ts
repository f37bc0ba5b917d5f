import type { Clock, Timer } from '../../base';
import type { Cluster } from '../../kube';
import { ClusterView } from './cluster-view';
import type { DevReporter } from './dev-events';
import type { LogTail } from './log-tail';
import { type Readiness, readiness, type Target } from './readiness';

export interface ReadinessMonitorOptions {
  readonly clock: Clock;
  readonly reporter: DevReporter;
  readonly tail: LogTail;
  readonly cluster: Cluster;
  /** `http://127.0.0.1:PORT`. */
  readonly gateway: string;
  readonly kubeconfig?: string | undefined;
  readonly state?: string | undefined;
  /** Called each time that everything has become ready. */
  readonly onReady: () => void;
  /** Called when something will not become ready without an edit. */
  readonly onFinal: () => void;
}

/** Changes within this time are looked at together, in milliseconds. */
const GATHER_MS = 15;
/** How often to look while only time can change the picture. */
const TICK_MS = 1000;

/** Looks at what was applied whenever something changes, and reports what is new: waiting, failures, ready. */
export class ReadinessMonitor {
  readonly #view: ClusterView;
  readonly #ticks: Timer;
  readonly #reported = new Set<string>();
  #targets: readonly Target[] | undefined;
  #since = 0;
  #last: Readiness | undefined;
  #gather: Timer | undefined;
  #lookMs = 0;
  #stopped = false;

  constructor(private readonly options: ReadinessMonitorOptions) {
    const { cluster, clock, tail } = options;
    this.#view = new ClusterView(cluster, clock, tail, () => this.#lookSoon());
    this.#ticks = clock.every(TICK_MS, () => this.#tick());
  }

  /** Resolves once the cluster's objects are known. */
  async start(): Promise<void> {
    await this.#view.start();
  }

  stop(): void {
    this.#stopped = true;
    this.#ticks.cancel();
    this.#gather?.cancel();
    this.#view.stop();
  }

  /** What must become ready from now on. @param since when waiting for it began, by the monotonic clock */
  expect(targets: readonly Target[], since: number): void {
    this.#targets = targets;
    this.#since = since;
    this.#last = undefined;
    this.#lookSoon();
  }

  /** Forgets what was expected: it is about to change. */
  pause(): void {
    this.#targets = undefined;
  }

  /** How things stood at the last look. */
  get last(): Readiness | undefined {
    return this.#last;
  }

  get view(): ClusterView {
    return this.#view;
  }

  #lookSoon(): void {
    if (this.#gather || this.#stopped) return;
    // With thousands of objects a look takes long: leave most of the time to the system itself.
    this.#gather = this.options.clock.after(Math.max(GATHER_MS, 4 * this.#lookMs), () => {
      this.#gather = undefined;
      this.#look();
    });
  }

  #tick(): void {
    if (this.#last && (this.#last.pending.length > 0 || this.#last.unsettled)) this.#look();
  }

  #look(): void {
    if (!this.#targets || this.#stopped) return;
    const { clock, reporter, gateway, kubeconfig, state, onReady, onFinal } = this.options;
    const from = clock.monotonic();
    const before = this.#last;
    const now = readiness(this.#targets, this.#view.world(), gateway);
    this.#last = now;
    reporter.waiting(now.pending, from - this.#since);
    this.#reportFailures(now);
    this.#lookMs = clock.monotonic() - from;
    if (now.failures.some(({ final }) => final)) onFinal();
    if (now.pending.length > 0 || before?.pending.length === 0) return;
    reporter.ready({ gateway, kubeconfig, state }, now.reachable, from - this.#since);
    onReady();
  }

  /** Each failure once; again only after everything was well in between. */
  #reportFailures(now: Readiness): void {
    if (now.pending.length === 0 && !now.unsettled) this.#reported.clear();
    for (const { key, problem } of now.failures) {
      if (this.#reported.has(key)) continue;
      this.#reported.add(key);
      this.options.reporter.problem(problem);
    }
  }
}
