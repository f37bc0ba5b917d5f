import { type Answerer, type Ask, EVENTING_TOPIC, type EventingQuestion } from '../../control';
import { PartAnswers } from './fleet-answers';

/** Kinds that role `source` serves; all others are served by role `eventing`. */
const SOURCES: ReadonlySet<EventingQuestion['kind']> = new Set(['ping-source', 'api-server-source'] as const);

/** Asks each question about events where it is answered. */
export class EventingAnswersByPart implements Answerer {
  readonly topic = EVENTING_TOPIC;
  readonly parts = { eventing: new PartAnswers(EVENTING_TOPIC), source: new PartAnswers(EVENTING_TOPIC) };

  ask(ask: Ask, onAnswer: (key: string, value: unknown) => void): void {
    const { kind } = ask.input as EventingQuestion;
    this.parts[SOURCES.has(kind) ? 'source' : 'eventing'].ask(ask, onAnswer);
  }

  forget(key: string): void {
    for (const part of Object.values(this.parts)) part.forget(key);
  }
}
