import type { Message } from '../message';
import { byId, type PageDocument, type PageElement } from './dom';
import { type Draft, FIELDS, type Field, problemsOf, requestOf } from './draft';
import { eventId } from './event-id';

/** What the page needs of a browser to send events. */
export interface SendingScope {
  readonly document: PageDocument;
  fetch(path: string, init: { method: string; headers: Record<string, string>; body: string }): Promise<SendingAnswer>;
  readonly crypto: { getRandomValues(bytes: Uint8Array): unknown };
}

export interface SendingAnswer {
  readonly ok: boolean;
  readonly status: number;
  json(): Promise<unknown>;
}

/** The form that makes an event and has the player send it. */
export class EventForm {
  readonly #fields: Readonly<Record<Field, PageElement>>;
  readonly #said: PageElement;
  readonly #button: PageElement;

  constructor(private readonly scope: SendingScope) {
    const { document } = scope;
    this.#fields = Object.fromEntries(FIELDS.map((name) => [name, byId(document, name)])) as Record<Field, PageElement>;
    this.#said = byId(document, 'said');
    this.#button = byId(document, 'send');
    if (this.#fields.id.value === '') this.#renew();
    byId(document, 'renew').addEventListener('click', () => this.#renew());
    byId(document, 'form').addEventListener('submit', (event) => {
      event.preventDefault();
      void this.submit();
    });
  }

  /** Sends what the form says, or says what is wrong with it. */
  async submit(): Promise<void> {
    if (this.#button.disabled) return;
    const draft = Object.fromEntries(FIELDS.map((name) => [name, this.#fields[name].value])) as Draft;
    if (!this.#accepts(draft)) return;
    this.#button.disabled = true;
    this.#say('wait', 'Sending…');
    try {
      await this.#send(draft);
    } catch {
      this.#say('bad', 'The player does not answer. Is it still running?');
    }
    this.#button.disabled = false;
  }

  async #send(draft: Draft): Promise<void> {
    const answer = await this.scope.fetch('messages', { method: 'POST', ...requestOf(draft) });
    const told = (await answer.json()) as Message & { readonly error?: string };
    if (!answer.ok) return this.#say('bad', `The player refused it: ${told.error ?? answer.status}`);
    if (told.type === 'FAILED') return this.#say('bad', told.failure ?? 'The broker did not take it.');
    this.#say('good', 'The broker took it. The list shows whether it comes back.');
    this.#renew();
  }

  #accepts(draft: Draft): boolean {
    const problems = problemsOf(draft);
    for (const name of FIELDS) {
      const problem = problems.get(name);
      const line = this.scope.document.getElementById(`${name}-problem`);
      if (line) line.textContent = problem ?? '';
      if (problem === undefined) this.#fields[name].removeAttribute('aria-invalid');
      else this.#fields[name].setAttribute('aria-invalid', 'true');
    }
    const [first] = problems.keys();
    if (first === undefined) return true;
    this.#say('bad', 'Not sent: see the marked fields.');
    this.#fields[first].focus();
    return false;
  }

  #renew(): void {
    this.#fields.id.value = eventId((bytes) => this.scope.crypto.getRandomValues(bytes));
  }

  #say(tone: string, text: string): void {
    this.#said.className = tone;
    this.#said.textContent = text;
  }
}
