import { connect, type LookupFunction } from 'node:net';
import type { Clock, Timer } from '../../base';
import type { EventMessage } from '../cloud-event';
import type { Answer } from './answer-reader';
import { HttpConnection } from './http-connection';

/** Connections that have not been used for so long are closed, in milliseconds. */
export const KEEP_ALIVE_MS = 4000;

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const BAD_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

const IDLE = new Error('the connection was idle');

/** Where to, and how its name becomes an address. */
export interface PlainOrigin {
  /** Without brackets. */
  readonly hostname: string;
  readonly port: number;
  readonly lookup: LookupFunction;
}

/** A request under way: its answer, and how to break it off. */
export interface PlainExchange {
  readonly answer: Promise<Answer>;
  cancel(reason: unknown): void;
}

/**
 * POSTs over HTTP/1.1 without TLS, on connections that are kept for a while and used by one request at a time: what events need, at a third of
 * what a client for everything costs. Never follows redirects, never sends a request twice.
 */
export class PlainHttp {
  readonly #idle = new Map<string, HttpConnection[]>();
  readonly #all = new Set<HttpConnection>();
  #sweep: Timer | undefined;

  constructor(private readonly clock: Pick<Clock, 'after' | 'monotonic'>) {}

  /** @param target host, path and query as the request line and the Host field have them */
  post(origin: PlainOrigin, target: { readonly host: string; readonly path: string }, message: EventMessage): PlainExchange {
    const request = encodeRequest(target.host, target.path, message);
    const key = `${origin.hostname} ${origin.port}`;
    const connection = this.#take(key) ?? this.#open(key, origin);
    let over = false;
    const answer = connection.exchange(request).then((whole) => {
      over = true;
      if (connection.open) this.#keep(key, connection, whole);
      return whole;
    });
    return {
      answer,
      cancel: (reason) => {
        if (!over) connection.destroy(reason);
      },
    };
  }

  /** Breaks off what is under way. */
  close(): void {
    this.#sweep?.cancel();
    for (const connection of [...this.#all]) connection.destroy(new Error('the sender is closed'));
  }

  #take(key: string): HttpConnection | undefined {
    const idle = this.#idle.get(key);
    const connection = idle?.pop();
    if (!connection || connection.freshUntil > this.clock.monotonic()) return connection;
    connection.destroy(IDLE);
    return this.#take(key);
  }

  #open(key: string, { hostname, port, lookup }: PlainOrigin): HttpConnection {
    const socket = connect({ host: hostname, port, lookup, noDelay: true, keepAlive: true });
    const connection = new HttpConnection(socket, (closed) => {
      this.#all.delete(closed);
      const idle = this.#idle.get(key) ?? [];
      const at = idle.indexOf(closed);
      if (at >= 0) idle.splice(at, 1);
      if (idle.length === 0) this.#idle.delete(key);
    });
    this.#all.add(connection);
    return connection;
  }

  #keep(key: string, connection: HttpConnection, { keptSeconds }: Answer): void {
    // A second less than the server says: it must not be closing while a request is on its way.
    const ms = keptSeconds === undefined ? KEEP_ALIVE_MS : Math.min(KEEP_ALIVE_MS, keptSeconds * 1000 - 1000);
    connection.freshUntil = this.clock.monotonic() + ms;
    const idle = this.#idle.get(key);
    if (idle) idle.push(connection);
    else this.#idle.set(key, [connection]);
    this.#sweep ??= this.clock.after(KEEP_ALIVE_MS, () => this.#closeOld());
  }

  #closeOld(): void {
    this.#sweep = undefined;
    const now = this.clock.monotonic();
    for (const connection of [...this.#idle.values()].flat()) if (connection.freshUntil <= now) connection.destroy(IDLE);
    if (this.#idle.size > 0) this.#sweep = this.clock.after(KEEP_ALIVE_MS, () => this.#closeOld());
  }
}

/** Head and body in one piece. Throws where a field could end the line that it stands on. */
function encodeRequest(host: string, path: string, { headers, body }: EventMessage): Buffer {
  let head = `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-length: ${body.length}\r\n`;
  for (const name in headers) {
    const value = headers[name]!;
    if (!NAME.test(name) || BAD_VALUE.test(value)) throw new Error(`${name.slice(0, 50)} cannot be sent as a header`);
    head += `${name}: ${value}\r\n`;
  }
  head += '\r\n';
  const request = Buffer.allocUnsafe(head.length + body.length);
  request.write(head, 'latin1');
  body.copy(request, head.length);
  return request;
}
