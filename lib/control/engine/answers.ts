import { KncError } from '../../base';
import type { Ask } from '../reconciler';
import { canonical } from './json';

/** Answers the questions of one topic: asks a registry, probes an address. */
export interface Answerer {
  readonly topic: string;
  /**
   * Begins to answer. `onAnswer` is for this question alone (its key is the question's) and may be called at once, later, and
   * again whenever the answer changes, until the question is forgotten or replaced: asked again with the same key and another
   * input.
   */
  ask(ask: Ask, onAnswer: (key: string, value: unknown) => void): void;
  /** Nobody wants to know any more. */
  forget(key: string): void;
}

interface Question<R> {
  readonly ask: Ask;
  readonly input: string;
  readonly askers: Set<R>;
  answer: unknown;
}

/** Open questions and what is known of their answers. */
export class Answers<R> {
  readonly #answerers: ReadonlyMap<string, Answerer>;
  readonly #questions = new Map<string, Question<R>>();
  readonly #byAsker = new Map<R, ReadonlySet<string>>();

  constructor(
    answerers: readonly Answerer[],
    private readonly onChange: (asker: R) => void,
  ) {
    this.#answerers = new Map(answerers.map((answerer) => [answerer.topic, answerer]));
  }

  get(topic: string, key: string): unknown {
    return this.#questions.get(`${topic}/${key}`)?.answer;
  }

  /** Replaces what `asker` wants to know: new questions are asked, those that nobody asks any more are forgotten. */
  set(asker: R, asks: readonly Ask[]): void {
    const before = this.#byAsker.get(asker);
    const ids = new Set(asks.map((ask) => `${ask.topic}/${ask.key}`));
    if (ids.size > 0) this.#byAsker.set(asker, ids);
    else this.#byAsker.delete(asker);
    for (const id of before ?? []) if (!ids.has(id)) this.#drop(asker, id);
    for (const ask of asks) this.#open(asker, ask);
  }

  delete(asker: R): void {
    this.set(asker, []);
  }

  /** Forgets every question. */
  clear(): void {
    for (const asker of [...this.#byAsker.keys()]) this.delete(asker);
  }

  #open(asker: R, ask: Ask): void {
    const id = `${ask.topic}/${ask.key}`;
    const input = canonical(ask.input);
    const before = this.#questions.get(id);
    if (before?.input === input) {
      before.askers.add(asker);
      return;
    }
    const answerer = this.#answerers.get(ask.topic);
    if (!answerer) throw new KncError('KNC5102', `nobody answers questions about ${JSON.stringify(ask.topic)}`);
    const question: Question<R> = { ask, input, askers: new Set(before?.askers).add(asker), answer: undefined };
    this.#questions.set(id, question);
    const tell = (): void => {
      for (const one of question.askers) this.onChange(one);
    };
    let asking = true;
    answerer.ask(ask, (key, value) => {
      // An answer to a question that has been replaced or forgotten comes too late.
      if (key !== ask.key || this.#questions.get(id) !== question) return;
      if (canonical(question.answer) === canonical(value)) return;
      question.answer = value;
      if (!asking) tell();
    });
    asking = false;
    // The plan at hand was made with the answer to the question before this one.
    if (canonical(before?.answer) !== canonical(question.answer)) tell();
  }

  #drop(asker: R, id: string): void {
    const question = this.#questions.get(id);
    question?.askers.delete(asker);
    if (!question || question.askers.size > 0) return;
    this.#questions.delete(id);
    this.#answerers.get(question.ask.topic)?.forget(question.ask.key);
  }
}
