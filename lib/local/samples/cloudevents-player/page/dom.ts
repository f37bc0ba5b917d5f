/**
 * The part of a browser's document that the page uses. There is no `innerHTML` or the like in it: what an event says can become
 * text on the page, and nothing else.
 */
export interface PageElement {
  textContent: string | null;
  className: string;
  value: string;
  disabled: boolean;
  append(...children: (PageElement | string)[]): void;
  prepend(...children: PageElement[]): void;
  replaceChildren(...children: PageElement[]): void;
  remove(): void;
  focus(): void;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  addEventListener(type: string, listener: (event: { preventDefault(): void }) => void): void;
}

export interface PageDocument {
  getElementById(id: string): PageElement | null;
  createElement(tag: string): PageElement;
}

/** A stream of server-sent events. `readyState` 2 means that it will not connect again by itself. */
export interface LiveSource {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: { readonly data?: string }) => void): void;
  close(): void;
}

/** An element with a class, text and children. */
export function make(document: PageDocument, tag: string, className: string, ...children: (PageElement | string)[]): PageElement {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** The element of the page with this id. */
export function byId(document: PageDocument, id: string): PageElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element;
}
