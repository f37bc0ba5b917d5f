import { type Clock, type Executor, errorMessage, KncError, type Log, type Random } from '../../base';
import { type Cluster, ClusterError, type ServiceAccounts } from '../../kube';
import type { Store } from '../../local/store/store';
import { HealthServer, Readiness, WatchProgress } from '../health';
import { MetricsServer, PrometheusMetrics } from '../metrics';
import type { RuntimePorts } from '../runtime';
import type { PodIdentity } from './pod-identity';
import type { Role, RoleContext, RunningRole } from './roles';

export interface RuntimeProcessOptions {
  readonly role: Role;
  /** Whether events are served. @default true */
  readonly eventing?: boolean;
  readonly cluster: Cluster;
  /** Resolves if the API server answers, whatever it says. */
  readonly reach: () => Promise<void>;
  /** By whose tokens senders prove themselves, and as whom sources look at the cluster. */
  readonly accounts: ServiceAccounts;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly random: Random;
  readonly log: Log;
  readonly pod: PodIdentity;
  readonly ports: RuntimePorts & { readonly health: number; readonly metrics: number; readonly link: number };
  /** Opens what keeps events, if a folder for them was given; tells what it does while that takes long. */
  readonly openStore?: (tell: (what: string) => void) => Promise<Store>;
  readonly deniedSinks: readonly string[];
  /** How registries are reached. @default by public certificates */
  readonly registries?: RoleContext['registries'];
  /** Pods of an ingress in front of the platform. @default none */
  readonly outerIngress?: RoleContext['outerIngress'];
  /** Ranges of addresses of proxies that requests from outside come through. @default none */
  readonly trustedProxies?: RoleContext['trustedProxies'];
  /** How long requests are still taken after the process was told to end, in milliseconds: until nobody sends any. */
  readonly drainDelayMs: number;
  /** Calls back for every signal to end; returns what ends that. */
  readonly onInterrupt: (fn: () => void) => () => void;
  /** Told once health and metrics can be asked for, with the ports that were had. */
  readonly onListening?: (ports: { readonly health: number; readonly metrics: number }) => void;
}

/** How long after the first failed attempt to start the next comes, in milliseconds; then twice that, and so on. */
const RETRY_MS = 1000;
const MAX_RETRY_MS = 10_000;

/** A role on a cluster from the start of its process to the end: health, metrics, another try while the cluster is not there, draining. */
export class RuntimeProcess {
  readonly #readiness = new Readiness();
  readonly #progress: WatchProgress;
  readonly #ending = new AbortController();
  #running: RunningRole | undefined;
  #store: Store | undefined;

  constructor(private readonly options: RuntimeProcessOptions) {
    this.#progress = new WatchProgress(options.clock);
  }

  /**
   * Resolves after the first signal, when everything has ended in order (true), or at once after the second (false). Rejects if what
   * is wrong does not pass by itself.
   */
  async run(): Promise<boolean> {
    let second: () => void = () => {};
    const forced = new Promise<false>((resolve) => {
      second = () => resolve(false);
    });
    const ignore = this.options.onInterrupt(() => (this.#ending.signal.aborted ? second() : this.#ending.abort()));
    try {
      return await Promise.race([this.#run().then(() => true), forced]);
    } finally {
      ignore();
    }
  }

  async #run(): Promise<void> {
    const { ports, role, openStore, log, eventing = true } = this.options;
    const keepsEvents = role.keepsEvents && eventing;
    this.#readiness.need('start', 'the process has just begun');
    const metrics = new PrometheusMetrics();
    metrics.measureProcess();
    const health = await HealthServer.listen({ live: () => this.#live(), ready: () => this.#missing() }, ports.health);
    const shown = await MetricsServer.listen(metrics, ports.metrics, { anywhere: true });
    this.options.onListening?.({ health: health.port, metrics: shown.port });
    const store = keepsEvents ? await openStore?.((what) => this.#readiness.need('store', what)) : undefined;
    this.#store = store;
    this.#readiness.meet('store');
    if (keepsEvents && !store) log.info('events are kept in memory: they end with this process (--state keeps them in a folder)');
    try {
      this.#running = await this.#start(metrics, store);
      this.#readiness.meet('start');
      if (this.#running) {
        log.info('ready');
        await this.#ended();
        await this.#drain(this.#running);
      }
    } finally {
      await store?.close();
      await Promise.all([shown.close(), health.close()]);
    }
    log.info('ended');
  }

  /** Tries until it works, or until the process is to end. */
  async #start(metrics: PrometheusMetrics, store: Store | undefined): Promise<RunningRole | undefined> {
    const { role, cluster, clock, log, eventing = true, ...rest } = this.options;
    const signal = this.#ending.signal;
    for (let delay = RETRY_MS; !signal.aborted; delay = Math.min(delay * 2, MAX_RETRY_MS)) {
      try {
        return await role.start({
          ...{ ...rest, clock, log, metrics, eventing, cluster: this.#progress.observed(cluster), readiness: this.#readiness },
          ...(store ? { store } : {}),
        });
      } catch (error) {
        if (!ClusterError.is(error)) throw portError(error) ?? error;
        log.warn('cannot start yet', { error: errorMessage(error), retryInMs: delay });
        this.#readiness.need('start', `${errorMessage(error)}; it is tried again`);
        await clock.sleep(delay, signal).catch(() => {});
      }
    }
    return undefined;
  }

  #ended(): Promise<void> {
    const { signal } = this.#ending;
    return new Promise((resolve) =>
      signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true }),
    );
  }

  /** First nobody is to send anything any more, and only then is nothing taken. */
  async #drain(running: RunningRole): Promise<void> {
    const { clock, drainDelayMs, log } = this.options;
    this.#readiness.drain();
    log.info('draining', { delayMs: drainDelayMs });
    await clock.sleep(drainDelayMs);
    await running.stop();
  }

  #missing(): readonly string[] {
    const { missing } = this.#readiness;
    return missing.length === 0 ? [] : [...missing, ...this.#progress.failing.map((line) => `cannot list ${line}`)];
  }

  /** A watch that hears nothing is our fault only if the API server answers. */
  async #live(): Promise<readonly string[]> {
    if (this.#store?.isBroken)
      return ['the database of events failed while it was written: it is repaired when the process starts anew'];
    const { silent } = this.#progress;
    if (silent.length === 0) return [];
    try {
      await this.options.reach();
    } catch {
      return [];
    }
    return silent.map((kind) => `nothing was heard of ${kind} for a quarter of an hour, though the API server answers`);
  }
}

/** The error of a port that cannot be had, in words. */
function portError(error: unknown): KncError | undefined {
  const { code, syscall, port } = error as { readonly code?: string; readonly syscall?: string; readonly port?: number };
  if (syscall !== 'listen') return undefined;
  return new KncError('KNC4005', `port ${port}, for requests, cannot be had: ${code}`, {
    remedy: 'Choose another port with --external-port or --internal-port.',
    cause: error,
  });
}
