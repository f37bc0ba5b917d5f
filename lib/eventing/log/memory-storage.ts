import type { EventRecord } from './event-record';
import type { ConsumerMemory, KeptLog, LogStorage } from './log-storage';

/** Keeps events while this process lives. Who has to get what, the log knows itself. */
export class MemoryStorage implements LogStorage {
  readonly #records = new Map<number, EventRecord>();
  readonly #memories = new Map<string, Map<string, unknown>>();

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

  memory(consumer: string): ConsumerMemory {
    return {
      load: () => this.#memories.get(consumer) ?? [],
      save: (changes) => {
        const memory = this.#memories.get(consumer) ?? new Map<string, unknown>();
        for (const [key, value] of changes) value === undefined ? memory.delete(key) : memory.set(key, value);
        if (memory.size > 0) this.#memories.set(consumer, memory);
        else this.#memories.delete(consumer);
      },
    };
  }

  drop(offsets: readonly number[]): void {
    for (const offset of offsets) this.#records.delete(offset);
  }

  flush(): void {}

  async durable(): Promise<void> {}
}
