import { type Container, type Probe, QUEUE_SIDECAR, type Revision } from '../api';
import type { Clock, Executor, Timer } from '../base';
import type { RawHeaders } from './message';
import type { PodProbe, PodTarget, PodTransport } from './transport';

/** Port of a revision whose container declares none. */
const DEFAULT_PORT = 8080;

/** What a revision's container says of its port and readiness. */
export interface ServingContainer {
  readonly port: number;
  readonly protocol: PodTarget['protocol'];
  /** How the gateway asks a pod; undefined where only the kubelet can: exec and grpc probes, and startup probes. */
  readonly probe: PodProbe | undefined;
  /** The same for a pod with the sidecar, which asks the container in its stead. */
  readonly queueProbe: PodProbe | undefined;
  /** Seconds that one probe may take, if the revision says. */
  readonly probeTimeoutSeconds: number | undefined;
}

/** The container that gets the traffic, and how to ask it: TCP on its port unless it has a readiness probe. */
export function servingContainer(revision: Revision | undefined): ServingContainer {
  const containers = (revision?.spec?.containers ?? []) as readonly Container[];
  const container = containers.find(({ ports }) => ports && ports.length > 0) ?? containers[0];
  const port = container?.ports?.[0];
  return {
    port: port?.containerPort || DEFAULT_PORT,
    protocol: port?.name === 'h2c' ? 'h2c' : 'http1',
    probe: container?.startupProbe ? undefined : toPodProbe(container?.readinessProbe),
    queueProbe: container?.startupProbe || container?.readinessProbe?.exec ? undefined : QUEUE_PROBE,
    probeTimeoutSeconds: container?.readinessProbe?.timeoutSeconds,
  };
}

const QUEUE_PROBE: PodProbe = {
  kind: 'http',
  path: '/healthz',
  headers: ['Host', 'localhost', QUEUE_SIDECAR.probeHeader, QUEUE_SIDECAR.probeValue, 'User-Agent', 'knc-gateway-probe'],
};

function toPodProbe(probe: Probe | undefined): PodProbe | undefined {
  if (probe?.exec || probe?.grpc) return undefined;
  if (!probe?.httpGet) return { kind: 'tcp' };
  const { path, host, httpHeaders } = probe.httpGet;
  const headers: string[] = (httpHeaders ?? []).flatMap(({ name, value }) => [name, value]);
  if (!has(headers, 'host')) headers.push('Host', host || 'localhost');
  if (!has(headers, 'user-agent')) headers.push('User-Agent', 'knc-gateway-probe');
  return { kind: 'http', path: path?.startsWith('/') ? path : `/${path ?? ''}`, headers };
}

const has = (headers: RawHeaders, name: string): boolean =>
  headers.some((field, i) => i % 2 === 0 && field.toLowerCase() === name);

/** The shortest and the longest time between two probes of a pod, in milliseconds. */
export const MIN_INTERVAL_MS = 3;
export const MAX_INTERVAL_MS = 1000;

/** A probe is repeated after this part of the time waited so far, so that it adds no more than that to any start. */
const WAIT_FRACTION = 1 / 20;

/** What the first probe may take; doubled after each that got no answer in time. */
const FIRST_TIMEOUT_MS = 300;
const MAX_TIMEOUT_MS = 10_000;

/** Probes one pod until it answers, ever more slowly; then calls `onReady` once. */
export class ProbeLoop {
  readonly #startedAt: number;
  #timer: Timer | undefined;
  #timeoutMs: number;
  #stopped = false;

  constructor(
    private readonly deps: { readonly transport: PodTransport; readonly clock: Clock; readonly executor: Executor },
    private readonly target: PodTarget,
    private readonly probe: PodProbe,
    private readonly onReady: () => void,
    { timeoutSeconds = 0, delayMs = 0 }: { readonly timeoutSeconds?: number | undefined; readonly delayMs?: number } = {},
  ) {
    this.#startedAt = deps.clock.monotonic();
    this.#timeoutMs = Math.max(FIRST_TIMEOUT_MS, timeoutSeconds * 1000);
    if (delayMs > 0) this.#timer = deps.clock.after(delayMs, () => this.#try());
    else this.#try();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #try(): void {
    const { clock, executor, transport } = this.deps;
    executor.run('probe', async () => {
      const begin = clock.monotonic();
      const ready = await transport.probe(this.target, this.probe, this.#timeoutMs);
      if (this.#stopped) return;
      if (ready) {
        this.#stopped = true;
        return this.onReady();
      }
      const now = clock.monotonic();
      if (now - begin >= this.#timeoutMs) this.#timeoutMs = Math.min(this.#timeoutMs * 2, MAX_TIMEOUT_MS);
      const wait = Math.min(Math.max((now - this.#startedAt) * WAIT_FRACTION, MIN_INTERVAL_MS), MAX_INTERVAL_MS);
      this.#timer = clock.after(wait, () => this.#try());
    });
  }
}
