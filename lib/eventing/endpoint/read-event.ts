import type { IncomingHttpHeaders } from 'node:http';
import { type CloudEvent, decodeHttp, EventError, modeOf } from '../cloud-event';

const MAX_BYTES = 10 * 2 ** 20;

/** A whole body. Throws an EventError for one of more than 10 MiB, or one that ends early. */
export async function readBody(headers: IncomingHttpHeaders, body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const tooLarge = () => new EventError(`the event has more than ${MAX_BYTES} bytes`, 413);
  if (Number(headers['content-length'] ?? 0) > MAX_BYTES) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > MAX_BYTES) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof EventError ? error : new EventError('the body ended early');
  }
  return Buffer.concat(chunks);
}

/** The one event of a request. Throws an EventError if it carries none, or a batch, unread. */
export async function readEvent(headers: IncomingHttpHeaders, body: AsyncIterable<Uint8Array>): Promise<CloudEvent> {
  const mode = modeOf(headers);
  if (mode === 'batched') throw new EventError('a batch of events is not taken here');
  const bytes = mode === undefined ? Buffer.alloc(0) : await readBody(headers, body);
  return decodeHttp(headers, bytes)[0]!;
}
