import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { WEBHOOK_PATH } from '../../api';
import { type Clock, errorMessage, KncError, type Log } from '../../base';
import { ClusterError, type ClusterErrorReason } from '../../kube';
import { type AdmissionRequest, type AdmissionReview, readReview } from './admission-review';
import type { CertificatePair } from './certificates';
import { PeerLimits } from './peer-limits';

/** An API server takes objects of up to 3 MiB; a review has two of them. */
const MAX_BODY = 8 * 1024 * 1024;
/** Of all reviews that are read at a time: anybody who reaches the port may send some. */
const MAX_READ = 8 * MAX_BODY;
/** Of those of one address. */
const MAX_READ_OF_PEER = MAX_READ / 2;
/** API servers have a few each. */
const MAX_CONNECTIONS = 512;
/** An API server keeps up to 25 that it does not use, and has more while it asks more at a time. */
const MAX_CONNECTIONS_OF_PEER = 64;
/** Longer than API servers keep a connection that nobody uses, in milliseconds: it is they who close it. */
const KEEP_ALIVE_MS = 120_000;
const HANDSHAKE_MS = 5000;
const REQUEST_MS = 5000;
/** How often it is looked whether a request is late, in milliseconds. */
const CHECK_MS = 500;

/** What is the fault of who asks, or of too many of them. */
const EXPECTED: readonly ClusterErrorReason[] = ['BadRequest', 'RequestEntityTooLarge', 'Unavailable'];

export interface WebhookTimes {
  /** How long a client may take to agree on keys, in milliseconds. @default 5000 */
  readonly handshakeMs?: number;
  /** How long a request may take to arrive, with its body, in milliseconds: nobody waits longer for the answer. @default 5000 */
  readonly requestMs?: number;
}

export interface WebhookServerOptions {
  /** 0 for any free one. */
  readonly port: number;
  /** @default all addresses */
  readonly host?: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly times?: WebhookTimes;
  /** Rejects with what is not known: an API server goes on as if nobody had been there then. */
  readonly answer: (request: AdmissionRequest) => Promise<AdmissionReview>;
}

/** Takes the questions of API servers, by HTTPS. It writes nothing, and who asks learns no more than what it would be told. */
export class WebhookServer {
  readonly #server: https.Server;
  /** Bytes of reviews that are being read, or answered. */
  #read = 0;
  readonly #readOfPeers = new PeerLimits(MAX_READ_OF_PEER);
  readonly #connectionsOfPeers = new PeerLimits(MAX_CONNECTIONS_OF_PEER);

  constructor(private readonly options: WebhookServerOptions) {
    const { handshakeMs = HANDSHAKE_MS, requestMs = REQUEST_MS } = options.times ?? {};
    const limits = {
      ...{ handshakeTimeout: handshakeMs, keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: requestMs, requestTimeout: requestMs },
      connectionsCheckingInterval: Math.min(CHECK_MS, requestMs),
    };
    this.#server = https.createServer(limits, (request, response) => void this.#take(request, response));
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#server.on('connection', (socket: Socket) => this.#limit(socket));
    this.#server.on('tlsClientError', (error) => this.options.log.debug('webhook', { error: errorMessage(error) }));
  }

  /**
   * Resolves with the port once connections are taken. Before `use` none of them comes to anything.
   * @throws KncError KNC4005 if the port cannot be had
   */
  async listen(): Promise<number> {
    const { port, host } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) =>
        reject(
          new KncError('KNC4005', `port ${port}, for the webhook, cannot be had: ${error.code ?? error.message}`, {
            remedy: 'Choose another port with --webhook-port.',
            cause: error,
          }),
        ),
      );
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

  /** Whoever has too many connections gets no more of them; others do. */
  #limit(socket: Socket): void {
    const address = addressOf(socket);
    if (this.#connectionsOfPeers.take(address, 1)) socket.once('close', () => this.#connectionsOfPeers.give(address, 1));
    else socket.destroy();
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const answer = await this.#answer(request);
      this.#say(response, 200, 'application/json', JSON.stringify(answer));
    } catch (error) {
      if (response.destroyed) return;
      const status = ClusterError.is(error) && EXPECTED.includes(error.reason) ? error.code : undefined;
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
    const held = { address: addressOf(request.socket), bytes: 0 };
    try {
      return await this.options.answer(readReview(await this.#body(request, held)));
    } finally {
      this.#read -= held.bytes;
      this.#readOfPeers.give(held.address, held.bytes);
    }
  }

  /** @param held told what is kept of it, which counts until there is an answer */
  async #body(request: IncomingMessage, held: { readonly address: string; bytes: number }): Promise<string> {
    const chunks: Buffer[] = [];
    let refusal: ClusterError | undefined;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      // What is refused is read to its end, and not kept: whoever still writes does not hear an answer.
      if (refusal) continue;
      refusal = this.#refusal(held.address, held.bytes + chunk.length, chunk.length);
      if (refusal) {
        chunks.length = 0;
        continue;
      }
      held.bytes += chunk.length;
      this.#read += chunk.length;
      chunks.push(chunk);
    }
    if (refusal) throw refusal;
    return Buffer.concat(chunks).toString();
  }

  #refusal(address: string, size: number, more: number): ClusterError | undefined {
    if (size > MAX_BODY) return new ClusterError('RequestEntityTooLarge', `an AdmissionReview has at most ${MAX_BODY} bytes`);
    if (this.#read + more > MAX_READ || !this.#readOfPeers.take(address, more))
      return new ClusterError('Unavailable', 'too many AdmissionReviews at a time');
    return undefined;
  }

  #say(response: ServerResponse, status: number, type: string, text: string): void {
    const last = status === 200 && this.#server.listening ? {} : { connection: 'close' };
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text), ...last }).end(text);
  }
}

const addressOf = ({ remoteAddress }: Socket): string => remoteAddress ?? '';
