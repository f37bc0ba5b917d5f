import { SpdyHeaderCodec, type SpdyHeaders } from './spdy-headers';

const VERSION = 3;
const HEAD_BYTES = 8;
const FIN = 1;
const types = { synStream: 1, synReply: 2, rstStream: 3, ping: 6, goAway: 7 } as const;
/** The most of a frame that is accepted, in bytes; clients cut data at 32 KiB or so. */
const MAX_FRAME = 1 << 20;

/** One stream of a SPDY connection that the client has opened. */
export class SpdyStream {
  onData: (data: Buffer) => void = () => {};
  /** The client sends nothing more. */
  onEnd: () => void = () => {};
  /** The client wants nothing more of it. */
  onReset: () => void = () => {};
  #ended = false;
  #clientEnded = false;

  constructor(
    readonly id: number,
    readonly headers: SpdyHeaders,
    private readonly send: (frame: Buffer) => Promise<void>,
    /** Called when both sides have sent all that they will. */
    private readonly onDone: () => void,
  ) {}

  /** Resolves when it has been handed on. */
  async write(data: Uint8Array): Promise<void> {
    if (!this.#ended) await this.send(dataFrame(this.id, 0, data));
  }

  /** Sends nothing more. */
  async end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#clientEnded) this.onDone();
    await this.send(dataFrame(this.id, FIN, Buffer.alloc(0)));
  }

  /** Takes it that the client sends nothing more. */
  endOfClient(): void {
    this.#clientEnded = true;
    this.onEnd();
    if (this.#ended) this.onDone();
  }

  reset(): void {
    this.#ended = true;
    this.onReset();
  }
}

/** The serving side of SPDY/3.1, as far as Kubernetes uses it: streams of bytes beside each other over one connection. */
export class SpdySession {
  readonly #headers = new SpdyHeaderCodec();
  readonly #streams = new Map<number, SpdyStream>();
  #pending: Buffer = Buffer.alloc(0);
  #work: Promise<void> = Promise.resolve();

  constructor(
    /** Resolves when a frame has been handed on. */
    private readonly send: (frame: Buffer) => Promise<void>,
    private readonly onStream: (stream: SpdyStream) => void,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Takes what comes in, in pieces of any size. */
  receive(bytes: Buffer): void {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    while (this.#pending.length >= HEAD_BYTES) {
      const length = this.#pending.readUIntBE(5, 3);
      if (length > MAX_FRAME) {
        this.onError(new RangeError(`a frame of ${length} bytes`));
        return;
      }
      if (this.#pending.length < HEAD_BYTES + length) return;
      const frame = this.#pending.subarray(0, HEAD_BYTES + length);
      this.#pending = this.#pending.subarray(HEAD_BYTES + length);
      // One after the other: a header can be read only after the one before it.
      this.#work = this.#work.then(() => this.#take(frame)).catch((error: unknown) => this.onError(error));
    }
  }

  /** How many streams there are of which one side may still send something. */
  get open(): number {
    return this.#streams.size;
  }

  close(): void {
    for (const stream of this.#streams.values()) stream.reset();
    this.#streams.clear();
    this.#headers.close();
  }

  async #take(frame: Buffer): Promise<void> {
    const first = frame.readUInt32BE(0);
    const flags = frame[4]!;
    const content = frame.subarray(HEAD_BYTES);
    if (first >>> 31 === 0) return this.#data(first, flags, content);
    const type = first & 0xffff;
    if (type === types.synStream) await this.#open(content, flags);
    else if (type === types.rstStream) this.#reset(content.readUInt32BE(0));
    else if (type === types.ping) await this.send(controlFrame(types.ping, content));
  }

  #data(id: number, flags: number, data: Buffer): void {
    const stream = this.#streams.get(id);
    if (data.length > 0) stream?.onData(data);
    if (flags & FIN) stream?.endOfClient();
  }

  async #open(content: Buffer, flags: number): Promise<void> {
    const id = content.readUInt32BE(0) & 0x7fffffff;
    const headers = await this.#headers.decode(content.subarray(10));
    const stream = new SpdyStream(id, headers, this.send, () => this.#streams.delete(id));
    this.#streams.set(id, stream);
    const reply = Buffer.alloc(4);
    reply.writeUInt32BE(id);
    await this.send(controlFrame(types.synReply, Buffer.concat([reply, await this.#headers.encode({})])));
    this.onStream(stream);
    if (flags & FIN) stream.endOfClient();
  }

  #reset(id: number): void {
    this.#streams.get(id & 0x7fffffff)?.reset();
    this.#streams.delete(id & 0x7fffffff);
  }
}

function controlFrame(type: number, content: Buffer): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt16BE(0x8000 | VERSION, 0);
  head.writeUInt16BE(type, 2);
  head.writeUIntBE(content.length, 5, 3);
  return Buffer.concat([head, content]);
}

function dataFrame(id: number, flags: number, data: Uint8Array): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(id, 0);
  head[4] = flags;
  head.writeUIntBE(data.length, 5, 3);
  return Buffer.concat([head, data]);
}
