import { getHeapStatistics } from 'node:v8';
import type { Clock, Log, Metrics } from '../../base';
import {
  EventLog,
  type EventLogOptions,
  type EventRecord,
  type KeyValueStore,
  keptKeys,
  MemoryStorage,
  type Retention,
  StoreStorage,
  Volume,
} from '../../eventing';
import { VolumeMetrics } from './volume-metrics';

export interface EventLogsOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Where events are kept. @default in memory */
  readonly store?: KeyValueStore;
  readonly retention: Retention;
  /** How many bytes of the store something else may take yet. */
  readonly others: () => number;
  /** @default not measured */
  readonly metrics?: Metrics;
  /** Told of an event that will not be delivered, since its consumer was away for too long. */
  readonly onForgotten: (log: string, consumer: string, record: EventRecord) => void;
  /** There is no room: gives up a log that no broker or channel has any more. Returns whether there was one. */
  readonly giveUp: () => boolean;
}

const EVENTS = 'events/';
/** Of what this process may have in its heap: for what it knows of events. */
const MEMORY = 1 / 2;

const REMEDY =
  'consumers have to get their events: see which fail (knc events); or delete triggers and subscriptions that nobody serves, or enlarge the volume';

/** The logs of all brokers and channels by name (`broker/default/orders`): where they are kept, and what room they have together. */
export class EventLogs {
  readonly #volume: Volume | undefined;
  /** Read already, and not opened yet. */
  readonly #prepared = new Map<string, EventLog>();

  constructor(private readonly options: EventLogsOptions) {
    const { store, metrics } = options;
    const measured = metrics && new VolumeMetrics(metrics);
    if (store?.room?.()) this.#volume = this.#volumeOf(store, measured);
  }

  /** Reads logs that will be opened, while others get their turn. @param tell is told how far that is */
  async prepare(names: readonly string[], tell: (what: string) => void): Promise<void> {
    let told = false;
    for (const [i, name] of names.entries()) {
      const steps = EventLog.opening(this.#optionsOf(name));
      for (;;) {
        const { done, value } = steps.next();
        if (done) {
          this.#prepared.set(name, value);
          break;
        }
        told = true;
        tell(`the logs of events are read: ${i} of ${names.length}, and ${value} events of the next`);
        await this.options.clock.sleep(0);
      }
    }
    if (told) tell('brokers and channels are not open yet');
  }

  open(name: string): EventLog {
    const log = this.#prepared.get(name) ?? new EventLog(this.#optionsOf(name));
    this.#prepared.delete(name);
    return log;
  }

  /** What has been read and has not been opened is not needed. */
  settle(): void {
    for (const log of this.#prepared.values()) log.close();
    this.#prepared.clear();
  }

  /** Takes away what is kept of a log, in parts: tells after each that it is done. It can be broken off and begun anew. Throws what the store throws. */
  *erasing(name: string): Generator<void> {
    const { store } = this.options;
    if (!store) return;
    for (const keys of keptKeys(store, EVENTS + name)) {
      store.write(
        keys.map((key) => ({ key, value: undefined })),
        { makesRoom: true },
      );
      yield;
    }
  }

  #optionsOf(name: string): EventLogOptions {
    const { clock, store, retention, onForgotten } = this.options;
    return {
      ...{ clock, retention, storage: store ? new StoreStorage(store, EVENTS + name) : new MemoryStorage() },
      onForgotten: (consumer, record) => onForgotten(name, consumer, record),
      ...(this.#volume ? { volume: { of: this.#volume, name } } : {}),
    };
  }

  #volumeOf(store: KeyValueStore, metrics: VolumeMetrics | undefined): Volume {
    const { clock, log, others, giveUp } = this.options;
    return new Volume({
      ...{ clock, store, others, giveUp, memory: getHeapStatistics().heap_size_limit * MEMORY },
      onRefused: (name) => metrics?.refused.add({ log: name }),
      onMeasured: (room, shares) => metrics?.measured(room, shares),
      onRefusing: (name, reason) => {
        if (reason === undefined) log.info('events are taken again', { log: name });
        else log.warn('events are refused until there is room', { log: name, reason, remedy: REMEDY });
      },
    });
  }
}
