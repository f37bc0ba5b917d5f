import { CountingExecutor, seededRandom, VirtualClock } from '../../../../lib/base';
import {
  type CloudEvent,
  type ConsumerSpec,
  Deliverer,
  type Destination,
  decodeHttp,
  EventHub,
  EventLog,
  type EventMessage,
  Journal,
  MemoryStorage,
  type SendOptions,
  type SinkResponse,
  StoreStorage,
} from '../../../../lib/eventing';
import { MemoryStore } from '../../../../lib/local/store';

export const SINK = { url: 'http://sink.default.svc' };
export const LETTERS = { url: 'http://letters.default.svc' };

export const spec = (more: Partial<ConsumerSpec> = {}): ConsumerSpec => ({
  subscriber: SINK,
  policy: {},
  namespace: 'default',
  ...more,
});

export const event = (id: string, more: Record<string, string | number> = {}, data?: unknown): CloudEvent => ({
  attributes: { specversion: '1.0', id, source: '/s', type: 't', ...more },
  data: data === undefined ? undefined : Buffer.from(JSON.stringify(data)),
});

/** One request that came to a receiver. */
export interface Got {
  /** Milliseconds since the world began. */
  readonly at: number;
  readonly url: string;
  readonly events: readonly CloudEvent[];
  readonly headers: Readonly<Record<string, string>>;
}

/** A hub in virtual time over a store that outlives it. */
export class StatefulWorld {
  readonly errors: unknown[] = [];
  readonly executor = new CountingExecutor((error) => this.errors.push(error));
  readonly clock = new VirtualClock(this.executor);
  readonly journal = new Journal(this.clock);
  readonly got: Got[] = [];
  readonly #start = this.clock.now();
  latency = 0;
  answer: (got: Got) => Partial<SinkResponse> | Promise<Partial<SinkResponse>> = () => ({ status: 202 });
  hub: EventHub;
  log!: EventLog;

  constructor(
    readonly kind: 'broker' | 'channel' = 'channel',
    private readonly store: MemoryStore | undefined = new MemoryStore(),
  ) {
    this.hub = this.open();
  }

  /** As after a kill: what was kept is all that is left. */
  reopen(): void {
    this.hub.stop();
    this.hub = this.open();
  }

  open(): EventHub {
    const { clock, executor, journal, store, kind } = this;
    const storage = store ? new StoreStorage(store, 'events/orders') : new MemoryStorage();
    this.log = new EventLog({ clock, storage, retention: { ageMs: 86_400_000 } });
    const deliverer = new Deliverer({ clock, sender: this });
    const random = seededRandom(1);
    const { log } = this;
    return new EventHub({ name: `${kind}/default/orders`, kind, log, journal, deliverer, clock, executor, random });
  }

  readonly send = async (
    { url }: Destination,
    { headers, body }: EventMessage,
    { signal }: SendOptions,
  ): Promise<SinkResponse> => {
    const got = { at: this.now, url, events: decodeHttp(headers, body), headers: { ...headers } };
    this.got.push(got);
    if (this.latency > 0) await this.clock.sleep(this.latency, signal);
    return { status: 200, headers: {}, body: Buffer.alloc(0), ...(await this.answer(got)) };
  };

  /** Milliseconds since the world began. */
  get now(): number {
    return this.clock.now() - this.#start;
  }

  async publish(...events: CloudEvent[]): Promise<void> {
    for (const one of events) await this.hub.publish(one, {});
    await this.clock.settle();
  }

  /** Ids of the events of each request to the subscriber. */
  get requests(): string[][] {
    return this.got.filter(({ url }) => url === SINK.url).map(({ events }) => events.map(idOf));
  }

  /** Ids of dead letters. */
  get letters(): string[] {
    return this.got.filter(({ url }) => url === LETTERS.url).flatMap(({ events }) => events.map(idOf));
  }

  story(id: string): string[] {
    return this.journal.entries({ event: id }).map(({ kind }) => kind);
  }
}

export const idOf = ({ attributes }: CloudEvent): string => String(attributes['id']);
