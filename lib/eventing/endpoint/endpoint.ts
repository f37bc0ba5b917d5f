import type { IncomingHttpHeaders } from 'node:http';
import { EventError } from '../cloud-event';

/** An HTTP request for something that takes events and is neither broker nor channel. */
export interface EndpointRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  /** The address that it comes from, if that is known. */
  readonly from?: string;
  readonly body: AsyncIterable<Uint8Array>;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

export interface EndpointResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const NOTHING = Buffer.alloc(0);

/** An answer with one line of text, or none. */
export function answer(status: number, text = '', headers: Readonly<Record<string, string>> = {}): EndpointResponse {
  if (text === '') return { status, headers, body: NOTHING };
  return { status, headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' }, body: Buffer.from(`${text}\n`) };
}

/** What a header can say of a text: one line of ASCII. */
export const headerText = (text: string): string =>
  text
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, 1000);

/** The answer to an event that cannot be read. Throws anything that is no fault of an event. */
export function refusedEvent(error: unknown): EndpointResponse {
  if (error instanceof EventError) return answer(error.status, error.message);
  throw error;
}

/** The parts of a path, without a slash at its end: `/a/b/` has two. */
export function pathParts(target: string): readonly string[] {
  return target.split('?', 1)[0]!.replace(/\/$/, '').split('/').slice(1);
}
