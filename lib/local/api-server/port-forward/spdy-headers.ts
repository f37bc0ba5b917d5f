import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib';
import { spdyDictionary } from './spdy-dictionary';

export type SpdyHeaders = Readonly<Record<string, string>>;

/** The headers of one SPDY connection: all blocks of one direction are one compressed stream. */
export class SpdyHeaderCodec {
  readonly #deflate: Deflate;
  readonly #inflate: Inflate;
  #undecodable: (error: Error) => void = () => {};

  constructor() {
    const dictionary = spdyDictionary();
    this.#deflate = createDeflate({ dictionary });
    this.#inflate = createInflate({ dictionary });
    this.#inflate.on('error', (error) => this.#undecodable(error));
  }

  async encode(headers: SpdyHeaders): Promise<Buffer> {
    const entries = Object.entries(headers);
    const parts = [uint32(entries.length), ...entries.flatMap(([name, value]) => [...text(name), ...text(value)])];
    this.#deflate.write(Buffer.concat(parts));
    await new Promise<void>((resolve) => this.#deflate.flush(constants.Z_SYNC_FLUSH, resolve));
    return readAll(this.#deflate);
  }

  /** @throws Error for what is no block of headers */
  async decode(block: Buffer): Promise<SpdyHeaders> {
    await new Promise<void>((resolve, reject) => {
      this.#undecodable = reject;
      this.#inflate.write(block, (error) => (error ? reject(error) : resolve()));
    });
    return parse(readAll(this.#inflate));
  }

  close(): void {
    this.#deflate.destroy();
    this.#inflate.destroy();
  }
}

function readAll(stream: Deflate | Inflate): Buffer {
  const chunks: Buffer[] = [];
  for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const text = (value: string): readonly Buffer[] => {
  const bytes = Buffer.from(value, 'latin1');
  return [uint32(bytes.length), bytes];
};

function parse(bytes: Buffer): SpdyHeaders {
  let at = 4;
  const next = (): string => {
    const length = bytes.readUInt32BE(at);
    if (at + 4 + length > bytes.length) throw new RangeError('a header is longer than its block');
    const value = bytes.toString('latin1', at + 4, at + 4 + length);
    at += 4 + length;
    return value;
  };
  const headers: Record<string, string> = {};
  for (let left = bytes.readUInt32BE(0); left > 0; left--) {
    const name = next().toLowerCase();
    headers[name] = next();
  }
  return headers;
}
