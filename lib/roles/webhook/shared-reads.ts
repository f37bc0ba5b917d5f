/**
 * Reads that anybody may cause: so many at a time, the others wait for their turn. Of what is read again and again only one read runs at
 * a time, and all who ask meanwhile share the next: each gets what is so after it has asked.
 */
export class SharedReads {
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  /** Reads that have not begun yet, by key. */
  readonly #next = new Map<string, Promise<unknown>>();
  /** The latest read of each key; they resolve once it is over, however it ends. */
  readonly #latest = new Map<string, Promise<void>>();

  /** @param atATime how many reads run at a time */
  constructor(private readonly atATime: number) {}

  /** What a read gives that begins from now on. Rejects as it does. */
  shared<T>(key: string, read: () => Promise<T>): Promise<T> {
    const next = this.#next.get(key);
    if (next) return next as Promise<T>;
    const result = this.#after(this.#latest.get(key), () => {
      this.#next.delete(key);
      return read();
    });
    this.#next.set(key, result);
    const over = result
      .then(
        () => {},
        () => {},
      )
      .then(() => {
        if (this.#latest.get(key) === over) this.#latest.delete(key);
      });
    this.#latest.set(key, over);
    return result;
  }

  /** What a read of its own gives, once it is its turn. Rejects as it does. */
  async own<T>(read: () => Promise<T>): Promise<T> {
    if (this.#running < this.atATime) this.#running++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await read();
    } finally {
      const turn = this.#waiting.shift();
      if (turn) turn();
      else this.#running--;
    }
  }

  async #after<T>(latest: Promise<void> | undefined, read: () => Promise<T>): Promise<T> {
    await latest;
    return this.own(read);
  }
}
