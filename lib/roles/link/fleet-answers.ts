import { type Answerer, type Ask, GATEWAY_TOPIC, type GatewayAnswer } from '../../control';
import type { LinkChannel } from './link-channel';

type OnAnswer = (key: string, value: unknown) => void;

/** One part of the data plane that is asked, with what it has answered; `undefined` in place of a channel: it cannot be asked now. */
interface Asked {
  channel: LinkChannel | undefined;
  readonly answers: Map<string, unknown>;
}

/** Asks several parts of the data plane the same, and answers what they agree upon. */
export abstract class FleetAnswers implements Answerer {
  abstract readonly topic: string;
  readonly #open = new Map<string, { readonly ask: Ask; readonly onAnswer: OnAnswer }>();
  readonly #fleet = new Map<string, Asked>();

  /** What all of them together say of a question. */
  protected abstract combine(answers: readonly unknown[]): unknown;

  ask(ask: Ask, onAnswer: OnAnswer): void {
    this.#open.set(ask.key, { ask, onAnswer });
    for (const asked of this.#fleet.values()) {
      asked.answers.delete(ask.key);
      this.#send(asked, ask);
    }
    this.#tell(ask.key);
  }

  forget(key: string): void {
    if (!this.#open.delete(key)) return;
    for (const { channel, answers } of this.#fleet.values()) {
      answers.delete(key);
      channel?.send({ type: 'forget', topic: this.topic, key });
    }
  }

  /** Those whose answers count, by the names of their pods. */
  setFleet(names: Iterable<string>): void {
    const wanted = new Set(names);
    let changed = false;
    for (const name of this.#fleet.keys()) if (!wanted.has(name)) changed = this.#fleet.delete(name);
    for (const name of wanted) {
      if (this.#fleet.has(name)) continue;
      this.#fleet.set(name, { channel: undefined, answers: new Map() });
      changed = true;
    }
    if (changed) for (const key of this.#open.keys()) this.#tell(key);
  }

  /** There is a link to one of them, or, without `channel`, none any more. */
  setChannel(name: string, channel: LinkChannel | undefined): void {
    const asked = this.#fleet.get(name);
    if (!asked || asked.channel === channel) return;
    asked.channel = channel;
    asked.answers.clear();
    for (const { ask } of this.#open.values()) this.#send(asked, ask);
    for (const key of this.#open.keys()) this.#tell(key);
  }

  /** One of them has answered. */
  answered(name: string, key: string, value: unknown): void {
    const asked = this.#fleet.get(name);
    if (!asked || !this.#open.has(key)) return;
    if (value === undefined) asked.answers.delete(key);
    else asked.answers.set(key, value);
    this.#tell(key);
  }

  #send({ channel }: Asked, { topic, key, input }: Ask): void {
    channel?.send({ type: 'ask', topic, key, input });
  }

  #tell(key: string): void {
    const fleet = [...this.#fleet.values()];
    const all = fleet.length > 0 && fleet.every(({ answers }) => answers.has(key));
    this.#open.get(key)?.onAnswer(key, all ? this.combine(fleet.map(({ answers }) => answers.get(key))) : undefined);
  }
}

/** What all gateways serve of each Ingress: no more than the one that is furthest behind. */
export class GatewayFleetAnswers extends FleetAnswers {
  readonly topic = GATEWAY_TOPIC;

  protected combine(answers: readonly unknown[]): GatewayAnswer {
    const said = answers as readonly GatewayAnswer[];
    const least = said.reduce((behind, one) => (one.generation < behind.generation ? one : behind));
    const troubled = said.find(({ tls }) => tls?.problem !== undefined);
    return troubled?.tls ? { ...least, tls: troubled.tls } : least;
  }
}

/** What the part that there is one of answers. */
export class PartAnswers extends FleetAnswers {
  constructor(readonly topic: string) {
    super();
  }

  protected combine(answers: readonly unknown[]): unknown {
    return answers[0];
  }
}
