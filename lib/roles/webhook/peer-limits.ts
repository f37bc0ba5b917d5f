/** What one address may have of what all share, so that nobody has all of it. */
export class PeerLimits {
  readonly #held = new Map<string, number>();

  /** @param max how much one address may have at a time */
  constructor(private readonly max: number) {}

  /** Takes so much for an address, or nothing if that were more than it may have. */
  take(address: string, amount: number): boolean {
    const held = (this.#held.get(address) ?? 0) + amount;
    if (held > this.max) return false;
    this.#held.set(address, held);
    return true;
  }

  give(address: string, amount: number): void {
    const held = (this.#held.get(address) ?? 0) - amount;
    if (held > 0) this.#held.set(address, held);
    else this.#held.delete(address);
  }
}
