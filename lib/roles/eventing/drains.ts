import type { Clock, Timer } from '../../base';
import { type Ask, channelServiceName, type EventingQuestion } from '../../control';
import type { HubRegistry } from './hub-registry';

const EVERY_MS = 1000;

export interface DrainsOptions {
  readonly clock: Clock;
  readonly hubs: HubRegistry;
  readonly tell: (key: string, answer: unknown) => void;
}

/** Answers when channels that flows do not want any more have delivered all that is theirs to deliver (questions of kind `drain`). */
export class Drains {
  readonly #asked = new Map<string, EventingQuestion>();
  #timer: Timer | undefined;
  #started = false;

  constructor(private readonly options: DrainsOptions) {}

  /** All channels that there are have been opened: from now on one that is not open has nothing to deliver. */
  start(): void {
    this.#started = true;
    this.#look();
  }

  stop(): void {
    this.#started = false;
    this.#timer?.cancel();
  }

  ask({ key, input }: Ask): void {
    const question = input as EventingQuestion;
    if (question.kind !== 'drain') return;
    this.#asked.set(key, question);
    if (this.#started && !this.#timer) this.#later();
  }

  forget(key: string): void {
    if (this.#asked.delete(key)) this.options.tell(key, undefined);
  }

  #later(): void {
    this.#timer = this.options.clock.after(EVERY_MS, () => this.#look());
  }

  #look(): void {
    this.#timer = undefined;
    const open = [...this.#asked].filter(([key, question]) => {
      const drained = this.#drained(question);
      if (drained) this.options.tell(key, { drained });
      return !drained;
    });
    if (open.length > 0) this.#later();
  }

  #drained({ namespace, name, subscription }: EventingQuestion): boolean {
    const hub = `channel/${namespace}/${name}`;
    if (subscription !== undefined) return this.options.hubs.isClosed(hub, `${namespace}/${subscription}`);
    const host = `${channelServiceName(name)}.${namespace}.svc`;
    const is = (url: string) => URL.canParse(url) && `${new URL(url).hostname}.`.startsWith(`${host}.`);
    return this.options.hubs.drained(hub, `channel/${namespace}/`, is);
  }
}
