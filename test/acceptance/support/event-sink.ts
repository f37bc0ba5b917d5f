import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An event as it came, in binary mode. */
export interface SunkEvent {
  readonly id: string;
  readonly type: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export type Receive = (event: SunkEvent, response: ServerResponse) => void;

/** A server outside the platform to which events are sent; each path is a subscriber, which answers 202 unless it is told otherwise. */
export class EventSink {
  static async start(): Promise<EventSink> {
    const sink = new EventSink();
    sink.#server.listen(0, '127.0.0.1');
    await once(sink.#server, 'listening');
    return sink;
  }

  readonly #received = new Map<string, SunkEvent[]>();
  readonly #receivers = new Map<string, Receive>();
  readonly #server = http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => this.#handle(request, response));

  /** As `--allow-sink` takes it. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  url(path: string): string {
    return `http://${this.address}${path}`;
  }

  /** How a path answers from now on. */
  on(path: string, receive: Receive): void {
    this.#receivers.set(path, receive);
  }

  received(path: string): readonly SunkEvent[] {
    return this.#received.get(path) ?? [];
  }

  ids(path: string): string[] {
    return this.received(path).map(({ id }) => id);
  }

  /** Forgets what a path has got so far. */
  forget(path: string): void {
    this.#received.delete(path);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '/';
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => {});
    request.on('end', () => {
      const { headers } = request;
      const of = (name: string) => String(headers[`ce-${name}`] ?? '');
      const event = { id: of('id'), type: of('type'), headers, body: Buffer.concat(chunks).toString(), at: Date.now() };
      const known = this.#received.get(path);
      if (known) known.push(event);
      else this.#received.set(path, [event]);
      const receive = this.#receivers.get(path);
      if (receive) receive(event, response);
      else response.writeHead(202).end();
    });
  }
}

/** Answers with an event of the same id and another type. */
export function replyWith(type: string): Receive {
  return ({ id }, response) => {
    const event = { 'ce-specversion': '1.0', 'ce-id': id, 'ce-source': '/reply', 'ce-type': type };
    response.writeHead(200, { ...event, 'content-type': 'application/json' }).end('{}');
  };
}
