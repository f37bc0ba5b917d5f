import type { CancelSignal } from '../cancellation';
import type { PodProbe, PodRequest, PodResponse, PodTarget, PodTransport, UpgradeResponse } from './pod-transport';

/** Chooses a transport by address: function pods here, sockets there. */
export class CompositeTransport implements PodTransport {
  /** @param choices asked in order; the first that serves the target is used, `fallback` if none does. */
  constructor(
    private readonly choices: readonly {
      readonly serves: (target: PodTarget) => boolean;
      readonly transport: PodTransport;
    }[],
    private readonly fallback: PodTransport,
  ) {}

  send(target: PodTarget, request: PodRequest, signal: CancelSignal): Promise<PodResponse> {
    return this.#for(target).send(target, request, signal);
  }

  upgrade(target: PodTarget, request: PodRequest, signal: CancelSignal): Promise<UpgradeResponse> {
    return this.#for(target).upgrade(target, request, signal);
  }

  probe(target: PodTarget, probe: PodProbe, timeoutMs: number): Promise<boolean> {
    return this.#for(target).probe(target, probe, timeoutMs);
  }

  retire(target: PodTarget): void {
    for (const transport of this.#all()) transport.retire(target);
  }

  async close(): Promise<void> {
    await Promise.all(this.#all().map((transport) => transport.close()));
  }

  #for(target: PodTarget): PodTransport {
    return this.choices.find(({ serves }) => serves(target))?.transport ?? this.fallback;
  }

  #all(): PodTransport[] {
    return [...this.choices.map(({ transport }) => transport), this.fallback];
  }
}
