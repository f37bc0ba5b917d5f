import http, { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock } from '../../../base/clock';
import type { Broker } from './broker-url';
import { eventOf, eventsOf, isBatch } from './event-request';
import { LiveStreams } from './live-streams';
import type { MessageLog } from './message-log';
import { html } from './page/html';
import { style } from './page/style';
import { Refusal } from './refusal';
import { Sender } from './sender';

/** Of an event with its attributes and data, in bytes. */
const MAX_EVENT = 1 << 20;
/** Of a batch in JSON: brokers send one once its events have 1 MiB, which are more when data is quoted or in base64. */
const MAX_BATCH = 4 << 20;

const SECURITY = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void> | void;

export interface PlayerOptions {
  readonly broker: Broker;
  readonly log: MessageLog;
  readonly clock: Clock;
  /** The program of the page. */
  readonly script: string;
}

/**
 * The player's HTTP side: the page; `POST /` takes an event or a batch of them; `POST /messages` sends one to the broker, and answers 202 also if
 * the broker refuses it, as the original does; `GET /messages?page=0&size=10` lists; `DELETE /messages` forgets; `GET /live`
 * streams what changes.
 */
export class PlayerServer {
  readonly server: Server;
  readonly #streams: LiveStreams;
  readonly #sender: Sender;
  readonly #routes: Readonly<Record<string, Readonly<Record<string, Handler>>>>;

  constructor(private readonly options: PlayerOptions) {
    this.#streams = new LiveStreams(options.clock);
    this.#sender = new Sender(options.broker.url, options.clock);
    options.log.onChange = (change) =>
      change === 'cleared' ? this.#streams.send('cleared', null) : this.#streams.send('message', change.message);
    this.#routes = {
      '/': { GET: text('text/html', html), POST: (request, response) => this.#receive(request, response) },
      '/player.js': { GET: text('text/javascript', options.script) },
      '/player.css': { GET: text('text/css', style) },
      '/messages': {
        GET: (...args) => this.#list(...args),
        POST: (request, response) => this.#send(request, response),
        DELETE: (request, response) => this.#clear(request, response),
      },
      '/live': { GET: (request, response) => this.#live(request, response) },
    };
    this.server = http.createServer((request, response) => void this.#answer(request, response));
  }

  /** Ends the streams of open pages, which would otherwise keep the server from closing. */
  endStreams(): void {
    this.#streams.end();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(SECURITY)) response.setHeader(name, value);
    try {
      const { url, handler } = this.#route(request);
      await handler(request, response, url);
    } catch (error) {
      if (response.headersSent || response.destroyed) return void response.destroy();
      const refusal = error instanceof Refusal ? error : new Refusal(500, 'the player failed');
      if (refusal !== error) console.error(error);
      for (const [name, value] of Object.entries(refusal.headers)) response.setHeader(name, value);
      sendJson(response, refusal.status, { error: refusal.message });
    }
  }

  #route(request: IncomingMessage): { readonly url: URL; readonly handler: Handler } {
    const target = request.url ?? '/';
    if (!URL.canParse(target, 'http://localhost')) throw new Refusal(400, 'the request target is no path');
    const url = new URL(target, 'http://localhost');
    const methods = Object.hasOwn(this.#routes, url.pathname) ? this.#routes[url.pathname] : undefined;
    if (!methods) throw new Refusal(404, `there is no ${url.pathname} here`);
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '');
    const handler = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (handler) return { url, handler };
    throw new Refusal(405, `${url.pathname} does not take ${request.method}`, { allow: Object.keys(methods).join(', ') });
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request, isBatch(request.headers) ? MAX_BATCH : MAX_EVENT);
    for (const event of eventsOf(request.headers, body)) {
      const message = this.options.log.add(event, 'RECEIVED');
      console.log(`cloudevents-player: received ${JSON.stringify(message.eventType)}, id ${JSON.stringify(message.id)}`);
    }
    response.writeHead(202).end();
  }

  async #send(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request, MAX_EVENT);
    const sending = this.options.log.add(eventOf(request.headers, body), 'SENDING');
    const failure = await this.#sender.send(request.headers, body);
    const about = `${JSON.stringify(sending.eventType)}, id ${JSON.stringify(sending.id)}`;
    if (failure === undefined) console.log(`cloudevents-player: sent ${about}`);
    else console.error(`cloudevents-player: could not send ${about}. ${failure}`);
    sendJson(response, 202, this.options.log.settle(sending, failure === undefined ? 'SENT' : 'FAILED', failure));
  }

  #list(_request: IncomingMessage, response: ServerResponse, url: URL): void {
    sendJson(response, 200, this.options.log.list(count(url, 'page', 0), count(url, 'size', 10)));
  }

  #clear(_request: IncomingMessage, response: ServerResponse): void {
    this.options.log.clear();
    response.writeHead(202).end();
  }

  #live(request: IncomingMessage, response: ServerResponse): void {
    if (request.method === 'HEAD') return void response.writeHead(200, { 'content-type': 'text/event-stream' }).end();
    const messages = this.options.log.list(0, Number.MAX_SAFE_INTEGER);
    this.#streams.add(response, ['all', { broker: this.options.broker.shown, messages }]);
  }
}

function text(contentType: string, body: string): Handler {
  return (_request, response) => void response.setHeader('content-type', `${contentType}; charset=utf-8`).end(body);
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function count(url: URL, name: string, otherwise: number): number {
  const value = url.searchParams.get(name) ?? String(otherwise);
  if (!/^\d{1,9}$/.test(value)) throw new Refusal(400, `${name} is not a whole number from 0`);
  return Number(value);
}

/** What is over the limit is read and dropped, so that the sender hears why. */
function bodyOf(request: IncomingMessage, max: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= max) chunks.push(chunk);
      else chunks.length = 0;
    });
    request.on('end', () => {
      if (size <= max) resolve(Buffer.concat(chunks));
      else reject(new Refusal(413, `${max > MAX_EVENT ? 'a batch' : 'an event'} is at most ${max} bytes`));
    });
    request.on('error', reject);
  });
}
