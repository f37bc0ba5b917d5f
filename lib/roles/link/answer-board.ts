import type { Answerer } from '../../control';
import type { LinkChannel } from './link-channel';

interface Question {
  readonly input: string;
  readonly askers: Set<LinkChannel>;
  value: unknown;
}

/** How many questions may be open at once. */
const MAX_QUESTIONS = 200_000;

/** Asks what a part of the runtime is asked over links, once for all who want to know, and tells them. */
export class AnswerBoard {
  readonly #answerers: ReadonlyMap<string, Answerer>;
  readonly #questions = new Map<string, Question>();

  constructor(answerers: readonly Answerer[]) {
    this.#answerers = new Map(answerers.map((answerer) => [answerer.topic, answerer]));
  }

  /** Throws for a topic of which nothing is known here. */
  ask(asker: LinkChannel, topic: string, key: string, input: unknown): void {
    const answerer = this.#answerers.get(topic);
    if (!answerer) throw new Error(`nothing is known here of ${JSON.stringify(topic)}`);
    const id = `${topic}/${key}`;
    const known = this.#questions.get(id);
    if (known?.input === JSON.stringify(input)) {
      known.askers.add(asker);
      if (known.value !== undefined) asker.send({ type: 'answer', topic, key, value: known.value });
      return;
    }
    if (this.#questions.size >= MAX_QUESTIONS) throw new Error('too many questions');
    const question: Question = { input: JSON.stringify(input), askers: new Set(known?.askers).add(asker), value: undefined };
    this.#questions.set(id, question);
    answerer.ask({ topic, key, input }, (_key, value) => {
      if (this.#questions.get(id) !== question) return;
      question.value = value;
      for (const one of question.askers) one.send({ type: 'answer', topic, key, ...(value === undefined ? {} : { value }) });
    });
  }

  forget(asker: LinkChannel, topic: string, key: string): void {
    const question = this.#questions.get(`${topic}/${key}`);
    question?.askers.delete(asker);
    if (!question || question.askers.size > 0) return;
    this.#questions.delete(`${topic}/${key}`);
    this.#answerers.get(topic)?.forget(key);
  }

  /** Somebody wants to know nothing any more. */
  leave(asker: LinkChannel): void {
    for (const [id, { askers }] of this.#questions) {
      if (!askers.has(asker)) continue;
      const slash = id.indexOf('/');
      this.forget(asker, id.slice(0, slash), id.slice(slash + 1));
    }
  }
}
