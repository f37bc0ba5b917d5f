import type { Answerer, Ask } from '../../control';

/** Answers which brokers, triggers and channels this process serves, and in which generation (topic `eventing`). */
export class EventingAnswers implements Answerer {
  readonly topic = 'eventing';
  readonly #asked = new Map<string, (key: string, value: unknown) => void>();
  readonly #served = new Map<string, unknown>();

  /** @param onAsk is told of every question, and `onForget` of each that is not asked any more */
  constructor(
    private readonly onAsk: (ask: Ask) => void = () => {},
    private readonly onForget: (key: string) => void = () => {},
  ) {}

  ask(ask: Ask, onAnswer: (key: string, value: unknown) => void): void {
    const { key } = ask;
    this.#asked.set(key, onAnswer);
    this.onAsk(ask);
    const answer = this.#served.get(key);
    if (answer !== undefined) onAnswer(key, answer);
  }

  forget(key: string): void {
    this.#asked.delete(key);
    this.onForget(key);
  }

  /** @param answer undefined: it is not served any more */
  tell(key: string, answer: unknown): void {
    if (answer === undefined && !this.#served.has(key)) return;
    if (answer === undefined) this.#served.delete(key);
    else this.#served.set(key, answer);
    this.#asked.get(key)?.(key, answer);
  }
}
