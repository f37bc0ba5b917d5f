/** What a process needs before it can do its work, by name: told to whoever asks whether it is ready. */
export class Readiness {
  readonly #missing = new Map<string, string>();
  #draining = false;

  /** Not ready until `meet(name)`. @param why what is waited for, in a few words */
  need(name: string, why: string): void {
    this.#missing.set(name, why);
  }

  meet(name: string): void {
    this.#missing.delete(name);
  }

  /** From now on it is not ready, whatever is met: the process is to end. */
  drain(): void {
    this.#draining = true;
  }

  /** What is missing, a line each; empty: ready. */
  get missing(): readonly string[] {
    if (this.#draining) return ['draining: the process is to end'];
    return [...this.#missing].map(([name, why]) => `${name}: ${why}`);
  }
}
