import { QUEUE_SIDECAR } from '../../api/queue-sidecar';
import type { Clock, Log, Random } from '../../base';
import { HttpListener } from '../../gateway/http-listener';
import { H2cTransport } from '../../gateway/transport/h2c-transport';
import type { PodTransport } from '../../gateway/transport/pod-transport';
import { MetricsServer } from '../metrics/metrics-server';
import { PrometheusMetrics } from '../metrics/prometheus-metrics';
import { AdminServer } from './admin-server';
import { ContainerReadiness } from './container-readiness';
import { Drainer } from './drainer';
import { QueueBackend } from './queue-backend';
import { QueueFront } from './queue-front';
import { QueueMetrics } from './queue-metrics';
import type { QueueSettings } from './queue-settings';

/** How long connections that have changed their protocol may last when the pod ends, in milliseconds; upstream's. */
const UPGRADED_MS = 60_000;
/** How long requests under way may last then where no limit is set. */
const FOR_LONG_MS = 600_000;

export interface QueueProcessOptions {
  readonly settings: QueueSettings;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** How long requests are still taken after the last one when the process was told to end, in milliseconds. */
  readonly drainDelayMs: number;
  /** Calls back for every signal to end; returns what ends that. */
  readonly onInterrupt: (fn: () => void) => () => void;
  /** 0: any free one. @default 8022 and 9091 */
  readonly ports?: { readonly admin: number; readonly metrics: number };
  /** Told once requests can be sent, with the ports that were had. */
  readonly onListening?: (ports: { readonly requests: number; readonly admin: number; readonly metrics: number }) => void;
}

/** The sidecar of a pod from the start of its process to the end. It speaks with nobody but its pod and those who send requests there. */
export class QueueProcess {
  readonly #ending = new AbortController();

  constructor(private readonly options: QueueProcessOptions) {}

  /** Resolves after the first signal, when nothing is inside the pod any more (true), or at once after the second (false). */
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
    const { settings, clock, random, log, ports = PORTS } = this.options;
    const prometheus = new PrometheusMetrics();
    const metrics = new QueueMetrics(prometheus, settings);
    const drainer = new Drainer(clock);
    const transport = await transportOf(settings, clock);
    const backend = new QueueBackend(settings, { clock, random, onDepth: (depth) => metrics.depth(depth) });
    const readiness = new ContainerReadiness(settings.probe, settings.userPort, clock);
    const front = new QueueFront({ clock, log, transport, backend, readiness, drainer, metrics });
    const listener = new HttpListener({
      ...{ gateway: front, clock, log, host: '0.0.0.0', port: settings.port, visibility: 'internal' },
    });
    const admin = await AdminServer.listen(drainer, ports.admin);
    const shown = await MetricsServer.listen(prometheus, ports.metrics, { anywhere: true });
    const { port } = await listener.listen();
    this.options.onListening?.({ requests: port, admin: admin.port, metrics: shown.port });
    const { concurrency, userPort } = settings;
    log.info('ready', { port, userPort, concurrency });
    await this.#ended();
    await this.#drain(drainer, front, listener);
    await Promise.all([admin.close(), shown.close(), transport.close()]);
    log.info('ended');
  }

  #ended(): Promise<void> {
    const { signal } = this.#ending;
    return new Promise((resolve) =>
      signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true }),
    );
  }

  /** First nobody is to send anything any more, then nothing is inside; and only then the container may end. */
  async #drain(drainer: Drainer, front: QueueFront, listener: HttpListener): Promise<void> {
    const { clock, drainDelayMs, log, settings } = this.options;
    drainer.begin();
    log.info('draining', { delayMs: drainDelayMs });
    const cut = clock.after(UPGRADED_MS, () => front.cutUpgraded());
    await drainer.quiet(drainDelayMs);
    await listener.close(settings.timeouts.total || FOR_LONG_MS);
    cut.cancel();
    drainer.finish();
  }
}

const PORTS = { admin: QUEUE_SIDECAR.adminPort, metrics: QUEUE_SIDECAR.metricsPort };

/** What is not needed is not loaded: memory counts in every pod. */
async function transportOf({ protocol }: QueueSettings, clock: Clock): Promise<PodTransport> {
  if (protocol === 'h2c') return new H2cTransport(clock);
  const { UndiciTransport } = await import('../../gateway/transport/undici-transport');
  return new UndiciTransport(clock);
}
