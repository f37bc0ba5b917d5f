import { type EventRecord, sizeOf } from './event-record';
import type { ConsumerMemory, KeptLog, LogStorage } from './log-storage';

/** Keeps events while this process lives. Who has to get what, the log knows itself. */
export class MemoryStorage implements LogStorage {
  readonly #records = new Map<number, { readonly record: EventRecord; readonly size: number }>();
  readonly #memories = new Map<string, Map<string, unknown>>();

  #stored = 0;

  get stored(): number {
    return this.#stored;
  }

  load(): KeptLog {
    return { next: 0, events: [], consumers: new Map(), pending: new Map() };
  }

  // biome-ignore lint/correctness/useYield: there is nothing to wait for
  *loading(): Generator<number, KeptLog> {
    return this.load();
  }

  append(offset: number, record: EventRecord, _consumers: readonly string[], size = sizeOf(record)): void {
    this.#records.set(offset, { record, size });
    this.#stored += size;
  }

  read(offset: number): EventRecord | undefined {
    return this.#records.get(offset)?.record;
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
    for (const offset of offsets) {
      this.#stored -= this.#records.get(offset)?.size ?? 0;
      this.#records.delete(offset);
    }
  }

  tidy(): void {}

  flush(): void {}

  async durable(): Promise<void> {}
}
