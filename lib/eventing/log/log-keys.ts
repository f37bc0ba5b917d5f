/** Digits of an offset in a key: so keys are in the order of offsets. */
const DIGITS = 16;
/** About how many bytes a store needs for a pending delivery beside its key. */
const PENDING_BYTES = 32;

const padded = (offset: number): string => String(offset).padStart(DIGITS, '0');

/** Under which keys of a store a log keeps what: all begin with its prefix. */
export class LogKeys {
  /** Segments of events, by their first offset. */
  readonly events: string;
  /** Pending deliveries, by consumer and offset. */
  readonly pending: string;
  /** Consumers, by name. */
  readonly consumers: string;
  /** What consumers remember, by consumer. */
  readonly memories: string;
  /** The offset that comes next, where nothing else tells it. */
  readonly next: string;

  constructor(prefix: string) {
    this.events = `${prefix}/event/`;
    this.pending = `${prefix}/pending/`;
    this.consumers = `${prefix}/consumer/`;
    this.memories = `${prefix}/memory/`;
    this.next = `${prefix}/next`;
  }

  segment(first: number): string {
    return this.events + padded(first);
  }

  delivery(consumer: string, offset: number): string {
    return `${this.pending}${consumer}/${padded(offset)}`;
  }

  /** Consumer and offset of a key of a pending delivery. */
  deliveryOf(key: string): readonly [consumer: string, offset: number] {
    return [key.slice(this.pending.length, -DIGITS - 1), Number(key.slice(-DIGITS))];
  }

  /** About how many bytes a store needs for a pending delivery. */
  deliveryBytes(consumer: string): number {
    return this.pending.length + consumer.length + DIGITS + PENDING_BYTES;
  }
}
