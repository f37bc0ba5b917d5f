import type { Message } from '../message';
import { make, type PageDocument, type PageElement } from './dom';
import type { Fate } from './fate';

/** One message in the list. Its event stays as it is; its fate can change, which leaves an open card open. */
export class MessageCard {
  readonly element: PageElement;
  readonly #icon: PageElement;
  readonly #label: PageElement;
  readonly #note: PageElement;

  constructor(document: PageDocument, message: Message) {
    const part = (tag: string, className: string, ...children: (PageElement | string)[]) =>
      make(document, tag, className, ...children);
    this.#icon = part('span', 'icon');
    this.#icon.setAttribute('aria-hidden', 'true');
    this.#label = part('strong', '');
    this.#note = part('p', 'note');
    const time = part('time', '', localTime(message.receivedAt));
    time.setAttribute('datetime', message.receivedAt);
    const facts = [
      ['Source', message.source],
      ['ID', message.id],
      ['Subject', message.subject],
    ].filter((fact): fact is [string, string] => fact[1] !== null);
    const list = part('dl', '', ...facts.flatMap(([name, value]) => [part('dt', '', name), part('dd', '', value)]));
    const code = part('pre', '', eventText(message));
    code.setAttribute('tabindex', '0');
    const whole = part('details', '', part('summary', '', 'Whole event'), code);
    const head = part('p', 'fate', this.#icon, this.#label, time);
    this.element = part('li', '', head, part('h3', '', message.eventType), list, this.#note, whole);
  }

  show({ icon, label, tone, note }: Fate): void {
    this.element.className = `card ${tone}`;
    this.#icon.textContent = icon;
    this.#label.textContent = label;
    this.#note.textContent = note;
  }
}

/** The event in the JSON format of CloudEvents, indented. */
export function eventText(message: Message): string {
  const { specversion, id, source, eventType, subject, time, datacontenttype, dataschema, extensions, data, dataBase64 } =
    message;
  const event = { specversion, id, source, type: eventType, subject, time, datacontenttype, dataschema, ...extensions };
  const present = Object.entries({ ...event, data, data_base64: dataBase64 }).filter(([, value]) => value !== null);
  return JSON.stringify(Object.fromEntries(present), null, 2);
}

/** Time of day where the reader is, with milliseconds. */
function localTime(text: string): string {
  const time = new Date(text);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${String(time.getMilliseconds()).padStart(3, '0')}`;
}
