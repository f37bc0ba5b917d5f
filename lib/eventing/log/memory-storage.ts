import type { EventRecord } from './event-record';
import type { KeptLog, LogStorage } from './log-storage';

/** Keeps events while this process lives. Who has to get what, the log knows itself. */
export class MemoryStorage implements LogStorage {
  readonly #records = new Map<number, EventRecord>();

  load(): KeptLog {
    return { next: 0, events: [], consumers: new Map(), pending: new Map() };
  }

  append(offset: number, record: EventRecord): void {
    this.#records.set(offset, record);
  }

  read(offset: number): EventRecord | undefined {
    return this.#records.get(offset);
  }

  assign(): void {}
  settle(): void {}
  saveConsumer(): void {}

  drop(offsets: readonly number[]): void {
    for (const offset of offsets) this.#records.delete(offset);
  }

  async durable(): Promise<void> {}
}
