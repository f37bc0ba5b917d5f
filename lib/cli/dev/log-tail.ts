/** The last lines of every pod, for explaining why one does not become ready. */
export class LogTail {
  readonly #lines = new Map<string, string[]>();

  /**
   * @param perPod lines kept of one pod
   * @param pods pods remembered; the ones that printed longest ago are forgotten first
   */
  constructor(
    private readonly perPod = 30,
    private readonly pods = 200,
  ) {}

  add(namespace: string, pod: string, line: string): void {
    const key = `${namespace}/${pod}`;
    const lines = this.#lines.get(key) ?? [];
    lines.push(line);
    if (lines.length > this.perPod) lines.shift();
    this.#lines.delete(key);
    this.#lines.set(key, lines);
    if (this.#lines.size > this.pods) this.#lines.delete(this.#lines.keys().next().value!);
  }

  of(namespace: string, pod: string): readonly string[] {
    return this.#lines.get(`${namespace}/${pod}`) ?? [];
  }
}
