import type { Counter, Gauge, Metrics } from '../../base';
import type { VolumeShare } from '../../eventing';

/** What is measured of the room for events. Names are API. */
export class VolumeMetrics {
  readonly refused: Counter;
  readonly #stored: Gauge;
  readonly #room: Gauge;
  #known: ReadonlySet<string> = new Set();

  constructor(metrics: Metrics) {
    this.refused = metrics.counter('knc_eventing_refused_total', 'Events refused because there was no room for more', ['log']);
    this.#stored = metrics.gauge('knc_eventing_stored_bytes', 'Bytes that the log of a broker or channel takes', ['log']);
    this.#room = metrics.gauge(
      'knc_eventing_room_bytes',
      'Bytes that the logs of all brokers and channels may take together',
      [],
    );
  }

  measured({ limit }: { readonly limit: number }, shares: Iterable<VolumeShare>): void {
    this.#room.set({}, limit);
    const known = new Set<string>();
    for (const { log, used } of shares) {
      this.#stored.set({ log }, used);
      known.add(log);
    }
    for (const log of this.#known) if (!known.has(log)) this.#stored.remove({ log });
    this.#known = known;
  }
}
