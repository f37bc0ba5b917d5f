import type { PageDocument, PageElement } from '../../../../../../lib/local/samples/cloudevents-player/page/dom';
import { html } from '../../../../../../lib/local/samples/cloudevents-player/page/html';

type Listener = (event: { preventDefault(): void }) => void;

/** An element that keeps what it is given. */
export class FakeElement implements PageElement {
  className = '';
  value = '';
  disabled = false;
  children: (FakeElement | string)[] = [];
  parent: FakeElement | undefined;
  readonly attributes = new Map<string, string>();
  readonly #listeners = new Map<string, Listener[]>();

  constructor(
    readonly tag: string,
    private readonly document: FakeDocument,
  ) {}

  get textContent(): string {
    return this.children.map((child) => (typeof child === 'string' ? child : child.textContent)).join(' ');
  }

  set textContent(text: string | null) {
    this.children = text ? [text] : [];
  }

  append(...children: (PageElement | string)[]): void {
    this.children.push(...this.#adopted(children));
  }

  prepend(...children: PageElement[]): void {
    this.children.unshift(...this.#adopted(children));
  }

  replaceChildren(...children: PageElement[]): void {
    this.children = this.#adopted(children);
  }

  remove(): void {
    if (this.parent) this.parent.children = this.parent.children.filter((child) => child !== this);
  }

  focus(): void {
    this.document.focused = this;
  }

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }

  removeAttribute(name: string): void {
    this.attributes.delete(name);
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  dispatch(type: string): void {
    for (const listener of this.#listeners.get(type) ?? []) listener({ preventDefault: () => {} });
  }

  /** The first element of this tag within. */
  find(tag: string): FakeElement | undefined {
    for (const child of this.children) {
      if (typeof child === 'string') continue;
      const found = child.tag === tag ? child : child.find(tag);
      if (found) return found;
    }
    return undefined;
  }

  #adopted(children: readonly (PageElement | string)[]): (FakeElement | string)[] {
    for (const child of children) if (child instanceof FakeElement) child.parent = this;
    return children as (FakeElement | string)[];
  }
}

/** A document with the elements that the page's HTML gives an id, and their values. */
export class FakeDocument implements PageDocument {
  focused: FakeElement | undefined;
  readonly #byId = new Map<string, FakeElement>();

  constructor() {
    for (const [tag, name] of html.matchAll(/<(\w+)[^>]* id="[^>]*>/g)) {
      const element = this.createElement(name!);
      element.value = / value="([^"]*)"/.exec(tag)?.[1] ?? '';
      this.#byId.set(/ id="([^"]*)"/.exec(tag)![1]!, element);
    }
    this.get('contenttype').value = 'application/json';
    this.get('mode').value = 'binary';
    this.get('data').value = /<textarea id="data"[^>]*>([^<]*)</.exec(html)![1]!;
  }

  get(id: string): FakeElement {
    return this.getElementById(id)!;
  }

  getElementById(id: string): FakeElement | null {
    return this.#byId.get(id) ?? null;
  }

  createElement(tag: string): FakeElement {
    return new FakeElement(tag, this);
  }
}
