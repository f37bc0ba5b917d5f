import type { Probe } from '../../api/core/pod';
import type { Clock } from '../../base';
import type { RunningContainer } from '../../local/pods/container-runtime';
import { checkProbe } from '../../local/pods/probe-check';

/** How long one try may take where the probe has no period, and how long it is tried, in milliseconds; upstream's numbers. */
const TRY_MS = 100;
const POLL_MS = 10_000;
/** The shortest and longest time from one try to the next. */
const MIN_WAIT_MS = 3;
const MAX_WAIT_MS = 50;
/** A try follows after this part of the time waited so far. */
const WAIT_FRACTION = 1 / 20;

/** Asks the user's container whether it is ready, by the user's probe. Who asks meanwhile gets the same answer. */
export class ContainerReadiness {
  readonly #target;
  readonly #probe: Probe | undefined;
  #asking: Promise<boolean> | undefined;

  /** @param probe undefined: the container is always ready. @param port of the container */
  constructor(
    probe: Probe | undefined,
    port: number,
    private readonly clock: Clock,
  ) {
    this.#probe = probe && inPod(probe);
    this.#target = {
      container: { name: 'user-container', ports: [{ containerPort: port }] },
      address: { ip: '127.0.0.1', ports: {} },
      running: {} as RunningContainer,
    };
  }

  ask(): Promise<boolean> {
    const probe = this.#probe;
    if (!probe) return Promise.resolve(true);
    this.#asking ??= (probe.periodSeconds ? this.#once(probe, 1000 * (probe.timeoutSeconds || 1)) : this.#poll(probe)).finally(
      () => {
        this.#asking = undefined;
      },
    );
    return this.#asking;
  }

  /** A probe without a period is tried again and again, until the container is ready. */
  async #poll(probe: Probe): Promise<boolean> {
    const begin = this.clock.monotonic();
    for (let successes = 0; ; ) {
      successes = (await this.#once(probe, TRY_MS)) ? successes + 1 : 0;
      if (successes >= (probe.successThreshold || 1)) return true;
      const waited = this.clock.monotonic() - begin;
      if (waited >= POLL_MS) return false;
      await this.clock.sleep(Math.min(Math.max(waited * WAIT_FRACTION, MIN_WAIT_MS), MAX_WAIT_MS));
    }
  }

  async #once(probe: Probe, timeoutMs: number): Promise<boolean> {
    const ending = new AbortController();
    const timer = this.clock.after(timeoutMs, () => ending.abort());
    try {
      return (await checkProbe(probe, this.#target, ending.signal)) === undefined;
    } finally {
      timer.cancel();
    }
  }
}

/** The probe as it is made inside the pod: whatever host it names, the container is here. */
function inPod({ httpGet, tcpSocket, ...probe }: Probe): Probe {
  if (httpGet) {
    const { host, httpHeaders = [], ...get } = httpGet;
    const named = host && !httpHeaders.some(({ name }) => name.toLowerCase() === 'host') ? [{ name: 'Host', value: host }] : [];
    return { ...probe, httpGet: { ...get, httpHeaders: [...httpHeaders, ...named] } };
  }
  return tcpSocket ? { ...probe, tcpSocket: { port: tcpSocket.port ?? 0 } } : probe;
}
