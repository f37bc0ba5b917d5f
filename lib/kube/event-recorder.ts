import { type Event, EventType, type KubeObject, type Stored } from '../api';
import { type Clock, type Executor, errorMessage, type Log, timestamp } from '../base';
import { type Cluster, ClusterError } from './cluster';

/** client-go's event correlator: how many events are remembered. */
const MAX_REMEMBERED = 4096;
/** So many events that differ in the message alone within the interval are told as one. */
const MAX_SIMILAR = 10;
const SIMILAR_INTERVAL_MS = 600_000;
/** Events of one source about one object: a burst, then one every five minutes. */
const BURST = 25;
const REFILL_MS = 300_000;

/** What is to be told about an object. */
export interface EventNote {
  readonly type: 'Normal' | 'Warning';
  /** One word in camel case, for machines: `FailedCreate`. */
  readonly reason: string;
  readonly message: string;
}

/** So many events may wait to be written; more are lost. */
const MAX_WAITING = 5000;

interface Recorded {
  name: string;
  count: number;
}
interface Similar {
  readonly messages: Set<string>;
  last: number;
}
interface Bucket {
  tokens: number;
  at: number;
}

/** A map that forgets what was used longest ago. */
class Recent<V> {
  readonly #map = new Map<string, V>();

  get(key: string, make: () => V): V {
    const value = this.#map.get(key) ?? make();
    this.#map.delete(key);
    this.#map.set(key, value);
    if (this.#map.size > MAX_REMEMBERED) this.#map.delete(this.#map.keys().next().value!);
    return value;
  }
}

/**
 * Writes core/v1 Events, in the background and one after the other, so that they do not stand in the way of what they tell of:
 * the same event again raises the count of the one that exists, many similar ones become one, and a source that repeats itself
 * is slowed down, as client-go does it.
 */
export class EventRecorder {
  readonly #recorded = new Recent<Recorded>();
  readonly #similar = new Recent<Similar>();
  readonly #buckets = new Recent<Bucket>();
  #sequence = 0;
  #waiting = 0;
  /** Settles when the last write has; the next one waits for it. */
  #written: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly options: {
      readonly cluster: Cluster;
      readonly clock: Clock;
      readonly executor: Executor;
      readonly log: Log;
    },
  ) {}

  /** Records that `component` says `event` about `object`. */
  record(object: Stored<KubeObject>, event: EventNote, component: string): void {
    const now = this.options.clock.now();
    const about = `${component}/${object.kind}/${object.metadata.uid}`;
    const { key, message } = this.#aggregate(`${about}/${event.type}/${event.reason}`, event.message, now);
    if (!this.#mayRecord(about, now)) return;
    if (this.#waiting >= MAX_WAITING) {
      this.options.log.debug('event not recorded', { reason: event.reason });
      return;
    }
    const recorded = this.#recorded.get(key, () => ({ name: '', count: 0 }));
    const before = this.#written;
    this.#waiting++;
    this.#written = this.options.executor.track('event', async () => {
      await before;
      await this.#write(recorded, { ...event, message }, object, component, timestamp(now));
      this.#waiting--;
    });
  }

  #aggregate(kind: string, message: string, now: number): { key: string; message: string } {
    const similar = this.#similar.get(kind, () => ({ messages: new Set(), last: now }));
    if (now - similar.last > SIMILAR_INTERVAL_MS) similar.messages.clear();
    similar.last = now;
    similar.messages.add(message);
    if (similar.messages.size < MAX_SIMILAR) return { key: `${kind}/${message}`, message };
    similar.messages.delete(similar.messages.keys().next().value!);
    return { key: kind, message: `(combined from similar events): ${message}` };
  }

  #mayRecord(about: string, now: number): boolean {
    const bucket = this.#buckets.get(about, () => ({ tokens: BURST, at: now }));
    bucket.tokens = Math.min(BURST, bucket.tokens + (now - bucket.at) / REFILL_MS);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }

  async #write(recorded: Recorded, event: EventNote, object: Stored<KubeObject>, component: string, at: string): Promise<void> {
    const { cluster, clock, log } = this.options;
    const namespace = object.metadata.namespace ?? 'default';
    try {
      if (recorded.name !== '' && (await this.#again(recorded, event, namespace, at))) return;
      const { apiVersion, kind, metadata } = object;
      const unique = BigInt(Math.round(clock.now())) * 1_000_000n + BigInt(this.#sequence++);
      const created = await cluster.create<Event>(EventType, {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: `${metadata.name}.${unique.toString(16)}`, namespace },
        involvedObject: {
          apiVersion,
          kind,
          name: metadata.name,
          uid: metadata.uid,
          ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
        },
        ...event,
        count: 1,
        firstTimestamp: at,
        lastTimestamp: at,
        source: { component },
      });
      recorded.name = created.metadata.name;
      recorded.count = 1;
    } catch (error) {
      log.debug('event not recorded', { reason: event.reason, error: errorMessage(error) });
    }
  }

  /** Raises the count of an event that exists; false if it has expired meanwhile. */
  async #again(recorded: Recorded, event: EventNote, namespace: string, at: string): Promise<boolean> {
    const patch = { count: recorded.count + 1, lastTimestamp: at, message: event.message };
    try {
      await this.options.cluster.patch(EventType, namespace, recorded.name, 'merge', patch);
    } catch (error) {
      if (ClusterError.is(error, 'NotFound')) return false;
      throw error;
    }
    recorded.count++;
    return true;
  }
}
