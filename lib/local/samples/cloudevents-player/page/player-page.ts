import type { Clock } from '../../../../base/clock';
import type { Message } from '../message';
import { byId, type LiveSource, type PageElement } from './dom';
import { EventForm, type SendingAnswer, type SendingScope } from './event-form';
import { MessageList } from './message-list';

/** What the page needs of a browser. */
export interface PageScope extends SendingScope {
  fetch(path: string, init: { method: string; headers?: Record<string, string>; body?: string }): Promise<SendingAnswer>;
  readonly EventSource: new (path: string) => LiveSource;
}

const CLOSED = 2;
const RECONNECT_MS = 2000;

/** The page: a form, a list, and the stream that keeps the list as the player's. */
export class PlayerPage {
  readonly form: EventForm;
  readonly #list: MessageList;
  readonly #state: PageElement;

  constructor(
    private readonly scope: PageScope,
    private readonly clock: Clock,
  ) {
    this.form = new EventForm(scope);
    this.#list = new MessageList(scope.document, clock);
    this.#state = byId(scope.document, 'state');
    byId(scope.document, 'clear').addEventListener('click', () => void this.#clear());
    this.#connect();
  }

  #connect(): void {
    const source = new this.scope.EventSource('live');
    const on = <T>(name: string, take: (value: T) => void) =>
      source.addEventListener(name, ({ data }) => take(JSON.parse(data ?? 'null') as T));
    on<{ broker: string; messages: readonly Message[] }>('all', ({ broker, messages }) => {
      byId(this.scope.document, 'broker').textContent = broker;
      this.#list.reset(messages);
      this.#show('good', 'Live');
    });
    on<Message>('message', (message) => this.#list.put(message));
    on('cleared', () => this.#list.reset([]));
    source.addEventListener('error', () => {
      this.#show('bad', 'Not connected to the player; trying again');
      if (source.readyState !== CLOSED) return;
      source.close();
      this.clock.after(RECONNECT_MS, () => this.#connect());
    });
  }

  async #clear(): Promise<void> {
    try {
      await this.scope.fetch('messages', { method: 'DELETE' });
    } catch {
      this.#show('bad', 'Not connected to the player; trying again');
    }
  }

  #show(tone: string, text: string): void {
    this.#state.className = tone;
    this.#state.textContent = text;
  }
}
