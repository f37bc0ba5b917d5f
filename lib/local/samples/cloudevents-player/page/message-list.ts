import type { Clock } from '../../../../base/clock';
import type { Message } from '../message';
import { byId, type PageDocument, type PageElement } from './dom';
import { fateOf, isReturnOf } from './fate';
import { MessageCard } from './message-card';

/** How many messages the page keeps; the player keeps as many. */
const KEPT = 200;
/** How long an event may take to come back before the page says that it did not, in milliseconds. */
const PATIENCE_MS = 5000;

interface Row {
  message: Message;
  readonly card: MessageCard;
}

/** The list of what was sent and what came, newest first. */
export class MessageList {
  /** In the order in which they came, which is that of their keys. */
  readonly #rows = new Map<number, Row>();
  readonly #awaited = new Set<number>();
  readonly #list: PageElement;
  readonly #summary: PageElement;

  constructor(
    private readonly document: PageDocument,
    private readonly clock: Clock,
  ) {
    this.#list = byId(document, 'messages');
    this.#summary = byId(document, 'summary');
  }

  /** Shows these alone. @param messages newest first */
  reset(messages: readonly Message[]): void {
    const known = new Map(this.#rows);
    this.#rows.clear();
    const rows = [...messages].reverse().map((message): Row => {
      const row = known.get(message.key);
      // A player that was started again counts from the beginning: the same key can be another message.
      const same = row?.message.id === message.id && row.message.receivedAt === message.receivedAt;
      return { message, card: same && row ? row.card : new MessageCard(this.document, message) };
    });
    for (const row of rows) this.#rows.set(row.message.key, row);
    for (const row of rows) this.#show(row);
    this.#list.replaceChildren(...rows.reverse().map(({ card }) => card.element));
    this.#sum();
  }

  /** A message that is new, or of which more is known. */
  put(message: Message): void {
    const known = this.#rows.get(message.key);
    const row = known ?? { message, card: new MessageCard(this.document, message) };
    row.message = message;
    if (!known) {
      this.#rows.set(message.key, row);
      this.#list.prepend(row.card.element);
      this.#dropOldest();
      if (message.type !== 'RECEIVED') this.#await(message.key);
    }
    this.#show(row);
    for (const other of this.#rows.values()) if (isReturnOf(message, other.message)) this.#show(other);
    this.#sum();
  }

  #await(key: number): void {
    this.#awaited.add(key);
    this.clock.after(PATIENCE_MS, () => {
      this.#awaited.delete(key);
      const row = this.#rows.get(key);
      if (row) this.#show(row);
    });
  }

  #show({ message, card }: Row): void {
    card.show(fateOf(message, this.#messages(), this.#awaited.has(message.key)));
  }

  #messages(): readonly Message[] {
    return [...this.#rows.values()].map(({ message }) => message);
  }

  #dropOldest(): void {
    for (const [key, { card }] of this.#rows) {
      if (this.#rows.size <= KEPT) return;
      card.element.remove();
      this.#rows.delete(key);
    }
  }

  #sum(): void {
    const received = this.#messages().filter(({ type }) => type === 'RECEIVED').length;
    const failed = this.#messages().filter(({ type }) => type === 'FAILED').length;
    const sent = this.#rows.size - received - failed;
    const counts = `${sent} sent, ${received} received${failed > 0 ? `, ${failed} not taken` : ''}`;
    this.#summary.textContent = this.#rows.size === 0 ? 'Nothing yet: send an event.' : counts;
  }
}
