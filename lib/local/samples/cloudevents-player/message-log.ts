import type { Clock } from '../../../base/clock';
import type { EventContent, Message, MessageType } from './message';

/** What happened to the log. */
export type LogChange = { readonly message: Message } | 'cleared';

interface Entry {
  message: Message;
  readonly bytes: number;
}

interface Limits {
  /** Messages. @default 200, as in the original */
  readonly messages?: number;
  /** Sum of the sizes of all messages. @default 8 MiB */
  readonly bytes?: number;
}

/** The last messages, newest first. What is over a limit goes, oldest first. */
export class MessageLog {
  readonly #entries: Entry[] = [];
  readonly #limits: Required<Limits>;
  #bytes = 0;
  #keys = 0;
  /** Told of every change. */
  onChange: (change: LogChange) => void = () => {};

  constructor(
    private readonly clock: Clock,
    limits: Limits = {},
  ) {
    this.#limits = { messages: 200, bytes: 8 << 20, ...limits };
  }

  add(content: EventContent, type: MessageType): Message {
    const receivedAt = new Date(this.clock.now()).toISOString();
    const message: Message = { ...content, receivedAt, type, key: ++this.#keys, failure: null };
    const entry = { message, bytes: JSON.stringify(message).length };
    this.#entries.push(entry);
    this.#bytes += entry.bytes;
    while (this.#entries.length > this.#limits.messages || this.#bytes > this.#limits.bytes) {
      this.#bytes -= this.#entries.shift()?.bytes ?? 0;
    }
    this.onChange({ message });
    return message;
  }

  /** Says what became of a message that was being sent. Does no harm if it is no longer here. */
  settle({ key, ...rest }: Message, type: MessageType, failure: string | null = null): Message {
    const message = { ...rest, key, type, failure };
    const entry = this.#entries.find((one) => one.message.key === key);
    if (!entry) return message;
    entry.message = message;
    this.onChange({ message });
    return message;
  }

  /** A page of the messages, newest first. @param page counts from 0 */
  list(page: number, size: number): readonly Message[] {
    const messages = this.#entries.map(({ message }) => message).reverse();
    return messages.slice(page * size, (page + 1) * size);
  }

  clear(): void {
    this.#entries.length = 0;
    this.#bytes = 0;
    this.onChange('cleared');
  }
}
