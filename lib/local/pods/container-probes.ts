import type { Container, Probe } from '../../api';
import type { Clock, Executor } from '../../base';
import type { PodAddress, RunningContainer } from './container-runtime';
import { checkProbe } from './probe-check';
import { type ProbeKind, Prober } from './prober';

/** Names that Knative gives to the port that requests come to. */
const SERVING_PORTS = ['user-port', 'http1', 'h2c'];

export interface ContainerProbesOptions {
  readonly container: Container;
  readonly address: PodAddress;
  readonly running: RunningContainer;
  readonly clock: Clock;
  readonly executor: Executor;
  /** The container has started: from now on it is asked whether it is ready and alive. */
  readonly onStarted: () => void;
  readonly onReady: (ready: boolean) => void;
  /** A probe has failed; at most once in its period. */
  readonly onFailure: (kind: ProbeKind, problem: string) => void;
  /** It must be ended: it did not start in time, or is not alive any more. */
  readonly onUnhealthy: (kind: ProbeKind, probe: Probe) => void;
}

/**
 * The probes of one run of a container: first startup, then readiness and liveness. Without a readiness probe it is ready
 * when it has started, except on a port of Knative's: there it is ready when it listens.
 */
export class ContainerProbes {
  readonly #probers: Prober[] = [];

  constructor(private readonly options: ContainerProbesOptions) {}

  start(): void {
    const { container, running } = this.options;
    const startup = container.startupProbe;
    if (!running.exec) this.#started({});
    else if (!startup) this.#started(container);
    else this.#starting(startup);
  }

  /** The container has shown a sign of life: it may have started just now. */
  nudge(): void {
    for (const prober of this.#probers) prober.nudge();
  }

  stop(): void {
    for (const prober of this.#probers) prober.stop();
  }

  #starting(startup: Probe): void {
    this.#probe('startup', startup, (good) => {
      if (good) this.#started(this.options.container);
      else this.options.onUnhealthy('startup', startup);
    });
  }

  #started({ readinessProbe, livenessProbe, ports }: Container): void {
    const { onStarted, onReady, onUnhealthy } = this.options;
    for (const prober of this.#probers.splice(0)) prober.stop();
    onStarted();
    const serving = ports?.find((port) => SERVING_PORTS.includes(port.name ?? ''));
    const readiness = readinessProbe ?? (serving?.containerPort ? { tcpSocket: { port: serving.containerPort } } : undefined);
    if (!readiness) onReady(true);
    else this.#probe('readiness', readiness, onReady);
    if (!livenessProbe) return;
    this.#probe('liveness', livenessProbe, (good) => {
      if (!good) onUnhealthy('liveness', livenessProbe);
    });
  }

  #probe(kind: ProbeKind, probe: Probe, onVerdict: (good: boolean) => void): void {
    const { clock, executor, onFailure } = this.options;
    const prober = new Prober({
      kind,
      probe,
      clock,
      executor,
      check: (signal) => checkProbe(probe, this.options, signal),
      onFailure: (problem) => onFailure(kind, problem),
      onVerdict,
    });
    this.#probers.push(prober);
    prober.start();
  }
}
