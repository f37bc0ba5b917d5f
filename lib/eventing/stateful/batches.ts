import type { CloudEvent } from '../cloud-event';
import { orderOf } from './event-key';
import type { Added, Grouping, Item, Unit } from './grouping';
import type { BatchSpec } from './stateful-spec';

/** A batch that has as many bytes is full, too. */
const MAX_BYTES = 2 ** 20;
/** Items at the front of a queue that are gone already, beyond which it is made anew. */
const MAX_GONE = 1024;

/** Events of one order, or all where there is none. */
class Queue {
  #items: Item[] = [];
  #head = 0;
  bytes = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  get oldest(): Item | undefined {
    return this.#items[this.#head];
  }

  push(item: Item): void {
    this.#items.push(item);
    this.bytes += item.size;
  }

  /** The oldest, up to both bounds, and one at least. */
  cut(max: number): Item[] {
    const taken: Item[] = [];
    let bytes = 0;
    for (let next = this.oldest; next && taken.length < max; next = this.oldest) {
      if (taken.length > 0 && bytes + next.size > MAX_BYTES) break;
      taken.push(next);
      bytes += next.size;
      this.#head++;
    }
    this.bytes -= bytes;
    if (this.#head > MAX_GONE && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return taken;
  }
}

/**
 * Batches by count, bytes (1 MiB) and time: each as full as it can be when there is room to send it. With an attribute to order
 * by, each is of events with one value of it. A batch of one is how events leave that need not wait for others.
 */
export class Batches implements Grouping {
  readonly #queues = new Map<string, Queue>();
  readonly #full = new Set<string>();
  /** No queue has to be looked at for its time before this. */
  #nextDue = Number.POSITIVE_INFINITY;
  #size = 0;

  constructor(
    private readonly spec: BatchSpec,
    private readonly orderBy?: string,
  ) {}

  get size(): number {
    return this.#size;
  }

  add(item: Item, event: CloudEvent): Added {
    const order = this.orderBy === undefined ? '' : orderOf(event, this.orderBy);
    const queue = this.#queues.get(order) ?? new Queue();
    this.#queues.set(order, queue);
    queue.push(item);
    this.#size++;
    if (this.#isFull(queue)) this.#full.add(order);
    else this.#nextDue = Math.min(this.#nextDue, queue.oldest!.time + this.spec.withinMs);
    const { max } = this.spec;
    const key = this.orderBy === undefined ? {} : { key: order };
    return max === 1 ? { kind: 'passed' } : { kind: 'held', count: ((queue.size - 1) % max) + 1, of: max, ...key };
  }

  take(now: number, isBusy: (order: string) => boolean): Unit | undefined {
    for (const order of this.#full) if (this.#isFree(order, isBusy)) return this.#cut(order);
    if (now < this.#nextDue) return undefined;
    const { withinMs } = this.spec;
    this.#nextDue = Number.POSITIVE_INFINITY;
    let found: string | undefined;
    for (const [order, queue] of this.#queues) {
      const due = queue.oldest!.time + withinMs;
      if (found === undefined && due <= now && this.#isFree(order, isBusy)) found = order;
      else if (!this.#full.has(order)) this.#nextDue = Math.min(this.#nextDue, due);
    }
    return found === undefined ? undefined : this.#cut(found);
  }

  due(): number | undefined {
    return Number.isFinite(this.#nextDue) ? this.#nextDue : undefined;
  }

  #isFull({ size, bytes }: Queue): boolean {
    return size >= this.spec.max || bytes >= MAX_BYTES;
  }

  #isFree(order: string, isBusy: (order: string) => boolean): boolean {
    return this.orderBy === undefined || !isBusy(order);
  }

  #cut(order: string): Unit {
    const queue = this.#queues.get(order)!;
    const items = queue.cut(this.spec.max);
    this.#size -= items.length;
    // At the end of the line, so that every order has its turn.
    this.#full.delete(order);
    if (queue.size === 0) this.#queues.delete(order);
    else if (this.#isFull(queue)) this.#full.add(order);
    else this.#nextDue = Math.min(this.#nextDue, queue.oldest!.time + this.spec.withinMs);
    return { items, ...(this.orderBy === undefined ? {} : { order }) };
  }
}
