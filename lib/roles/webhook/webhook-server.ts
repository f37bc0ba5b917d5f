import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { WEBHOOK_PATH } from '../../api';
import { type Clock, errorMessage, type Log } from '../../base';
import { ClusterError } from '../../kube';
import { type AdmissionRequest, type AdmissionReview, readReview } from './admission-review';
import type { CertificatePair } from './certificates';

/** An API server takes objects of up to 3 MiB; a review has two of them. */
const MAX_BODY = 8 * 1024 * 1024;
/** Longer than API servers keep a connection that nobody uses, in milliseconds: it is they who close it. */
const KEEP_ALIVE_MS = 120_000;
/** How long a request may take to arrive, in milliseconds. */
const REQUEST_MS = 10_000;

export interface WebhookServerOptions {
  /** 0 for any free one. */
  readonly port: number;
  /** @default all addresses */
  readonly host?: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Rejects with what is not known: an API server goes on as if nobody had been there then. */
  readonly answer: (request: AdmissionRequest) => Promise<AdmissionReview>;
}

/** Takes the questions of API servers, by HTTPS. It writes nothing, and who asks learns no more than what it would be told. */
export class WebhookServer {
  readonly #server: https.Server;

  constructor(private readonly options: WebhookServerOptions) {
    const limits = { keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: REQUEST_MS, requestTimeout: REQUEST_MS };
    this.#server = https.createServer(limits, (request, response) => void this.#take(request, response));
    this.#server.on('tlsClientError', (error) => this.options.log.debug('webhook', { error: errorMessage(error) }));
  }

  /** Resolves with the port once connections are taken. Before `use` none of them comes to anything. */
  async listen(): Promise<number> {
    const { port, host } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** Proves who it is with this from now on; connections that there are stay. */
  use({ certificate, key }: CertificatePair): void {
    this.#server.setSecureContext({ cert: certificate, key });
  }

  /** Takes no more; what is under way has so long to end. */
  async close(graceMs: number): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const timer = this.options.clock.after(graceMs, () => this.#server.closeAllConnections());
    await closed;
    timer.cancel();
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const answer = await this.#answer(request);
      this.#say(response, 200, 'application/json', JSON.stringify(answer));
    } catch (error) {
      if (response.destroyed) return;
      const status =
        ClusterError.is(error, 'BadRequest') || ClusterError.is(error, 'RequestEntityTooLarge') ? error.code : undefined;
      if (status === undefined) this.options.log.error('an API server gets no answer', { error: errorMessage(error) });
      this.#say(response, status ?? 500, 'text/plain; charset=utf-8', `${errorMessage(error)}\n`);
    }
  }

  async #answer(request: IncomingMessage): Promise<AdmissionReview> {
    const { method, url = '', headers } = request;
    if (method !== 'POST' || url.split('?', 1)[0] !== WEBHOOK_PATH)
      throw new ClusterError('BadRequest', `AdmissionReviews are posted to ${WEBHOOK_PATH}`);
    if (!/^application\/json\b/i.test(headers['content-type'] ?? ''))
      throw new ClusterError('BadRequest', 'AdmissionReviews are JSON (content-type: application/json)');
    return this.options.answer(readReview(await bodyOf(request)));
  }

  #say(response: ServerResponse, status: number, type: string, text: string): void {
    // What is left of a body that is too large is not waited for.
    const last = status === 200 && this.#server.listening ? {} : { connection: 'close' };
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text), ...last }).end(text);
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw new ClusterError('RequestEntityTooLarge', `an AdmissionReview has at most ${MAX_BODY} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
