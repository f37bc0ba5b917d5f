import { once } from 'node:events';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { Cancellation } from './cancellation';
import { plainText } from './failure';
import type { InnerAnswer } from './inner-hosts';
import type { InnerLane } from './inner-lane';
import type { Inbound, Outbound } from './message';
import { ordinaryPost, type RequestHead } from './request-head';

/** Requests with a larger body take the way of all others, where it is read at the pace of whoever wants it. */
const MAX_WHOLE_BYTES = 256 * 1024;
/** A head that is kept to be compared with the next one has at most so many bytes. */
const MAX_KEPT_HEAD = 4096;
const NOTHING = Buffer.alloc(0);

/** A request that has come in full. */
class WholeRequest implements Inbound {
  readonly method = 'POST';
  readonly target: string;
  readonly headers: readonly string[];
  #body: Readable | undefined;

  constructor(
    head: RequestHead,
    readonly host: string,
    readonly whole: Buffer,
    readonly visibility: Inbound['visibility'],
    readonly peer: Inbound['peer'],
    readonly signal: Inbound['signal'],
  ) {
    this.target = head.target;
    this.headers = head.headers;
  }

  /** For those who read streams alone. */
  get body(): Readable | null {
    if (this.whole.length === 0) return null;
    this.#body ??= Readable.from([this.whole]);
    return this.#body;
  }
}

/** One connection in the lane: reads a request, has it answered, and only then reads the next. */
export class InnerConnection {
  readonly #cancellation = new Cancellation();
  readonly #onData = (chunk: Buffer) => this.#read(chunk);
  readonly #onTimeout = () => {
    if (!this.#busy) this.socket.destroy();
  };
  // The server's sockets stay open for writing when the client has said its last.
  readonly #onEnd = () => this.drain();
  readonly #onError = () => this.socket.destroy();
  readonly #onClose = () => this.#cancellation.abort(new Error('the client has gone'));
  /** What has come and not been taken yet. */
  #pieces: Buffer[] = [];
  #size = 0;
  /** The head of the request before. */
  #before: RequestHead | undefined;
  /** The request whose body has not come in full. */
  #coming: { readonly head: RequestHead; readonly host: string; readonly answer: InnerAnswer } | undefined;
  #busy = false;
  #closing = false;

  constructor(
    private readonly lane: InnerLane,
    private readonly socket: Socket,
  ) {
    socket.setNoDelay(true);
    socket.setTimeout(lane.options.keepAliveMs, this.#onTimeout);
    socket.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#onError).on('close', this.#onClose);
  }

  /** Takes no further request. */
  drain(): void {
    this.#closing = true;
    if (!this.#busy) this.socket.destroy();
  }

  destroy(): void {
    this.socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#pieces.push(chunk);
    this.#size += chunk.length;
    if (this.#busy) this.socket.pause();
    else this.#next();
  }

  /** Begins with the next request, if it is there. */
  #next(): void {
    if (this.#size === 0) return;
    const { inner, forceHost, maxHeaderBytes } = this.lane.options;
    if (!this.#coming) {
      const bytes = this.#joined();
      const head = ordinaryPost(bytes, maxHeaderBytes, this.#before);
      const host = forceHost ?? head?.host ?? '';
      const answer = head && head.length <= MAX_WHOLE_BYTES ? inner(host, head.target) : undefined;
      if (!head || !answer) {
        this.#leave(bytes);
        return;
      }
      this.#coming = { head, host, answer };
    }
    const { head, host, answer } = this.#coming;
    const end = head.size + head.length;
    if (this.#size < end) return;
    const bytes = this.#joined();
    this.#coming = undefined;
    this.#before = head.size <= MAX_KEPT_HEAD ? head : undefined;
    this.#keep(bytes.length > end ? bytes.subarray(end) : NOTHING);
    const body = bytes.subarray(head.size, end);
    // Whoever keeps the body must not keep all that came with it.
    void this.#answer(head, host, bytes.length > 4 * body.length + 8192 ? Buffer.from(body) : body, answer);
  }

  async #answer(head: RequestHead, host: string, body: Buffer, answer: InnerAnswer): Promise<void> {
    const { visibility, peer } = this.lane.options;
    this.#busy = true;
    let outbound: Outbound;
    try {
      outbound = await answer(new WholeRequest(head, host, body, visibility, peer(this.socket), this.#cancellation));
    } catch (error) {
      this.lane.options.onFault(error);
      outbound = plainText(500, 'internal error');
      this.#closing = true;
    }
    const writing = this.#write(outbound);
    if (writing) await writing;
    this.#busy = false;
    if (this.#closing || this.socket.destroyed) {
      this.socket.end();
      return;
    }
    if (this.socket.isPaused()) this.socket.resume();
    this.#next();
  }

  /** A whole answer leaves at once; of another, pieces as they come and as the client reads. */
  #write(outbound: Outbound): Promise<void> | undefined {
    const { status, headers, body } = outbound;
    if (this.socket.destroyed) {
      if (body instanceof Readable) body.on('error', () => {}).destroy();
      return undefined;
    }
    const { lane } = this;
    const known = this.#closing ? undefined : lane.lastHead(outbound);
    if (known !== undefined) {
      this.socket.write(known, 'latin1');
      return undefined;
    }
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
    let length: string | undefined;
    for (let i = 0; i < headers.length; i += 2) {
      if (headers[i]!.toLowerCase() === 'content-length') length = headers[i + 1]!;
      else head += `${headers[i]}: ${headers[i + 1]}\r\n`;
    }
    const seconds = Math.floor(lane.options.keepAliveMs / 1000);
    head += `Date: ${lane.date()}\r\n`;
    head += this.#closing ? 'Connection: close\r\n' : `Connection: keep-alive\r\nKeep-Alive: timeout=${seconds}\r\n`;
    if (body instanceof Readable) {
      const framing = length === undefined ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`;
      return this.#stream(`${head}${framing}\r\n\r\n`, body, length === undefined);
    }
    const bytes = body ?? NOTHING;
    if (status !== 204 && status !== 304) head += `Content-Length: ${bytes.length}\r\n`;
    if (bytes.length === 0) {
      if (!this.#closing) lane.keepHead(outbound, `${head}\r\n`);
      this.socket.write(`${head}\r\n`, 'latin1');
    } else this.socket.write(Buffer.concat([Buffer.from(`${head}\r\n`, 'latin1'), bytes]));
    return undefined;
  }

  async #stream(head: string, body: Readable, chunked: boolean): Promise<void> {
    this.socket.write(head, 'latin1');
    try {
      for await (const piece of body as AsyncIterable<Buffer>) {
        if (piece.length === 0) continue;
        if (chunked) this.socket.write(`${piece.length.toString(16)}\r\n`);
        const room = this.socket.write(piece);
        if (chunked) this.socket.write('\r\n');
        if (!room) await Promise.race([once(this.socket, 'drain'), once(this.socket, 'close')]);
        if (this.socket.destroyed) return;
      }
      if (chunked) this.socket.write('0\r\n\r\n');
    } catch {
      this.socket.destroy(); // the client must not take it for whole
    }
  }

  /** The connection goes on elsewhere, from the beginning of a message. */
  #leave(bytes: Buffer): void {
    const { socket } = this;
    this.lane.forget(this);
    socket.off('data', this.#onData).off('end', this.#onEnd).off('error', this.#onError).off('close', this.#onClose);
    socket.setTimeout(0, this.#onTimeout);
    socket.pause();
    socket.unshift(bytes);
    this.#keep(NOTHING);
    this.lane.options.leave(socket);
    socket.resume();
  }

  #joined(): Buffer {
    if (this.#pieces.length > 1) this.#pieces = [Buffer.concat(this.#pieces)];
    return this.#pieces[0]!;
  }

  #keep(bytes: Buffer): void {
    this.#pieces = bytes.length > 0 ? [bytes] : [];
    this.#size = bytes.length;
  }
}
