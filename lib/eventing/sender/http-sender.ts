import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import type { Clock } from '../../base';
import type { EventMessage } from '../cloud-event';
import { type AddressRules, addressTrouble } from './address-rules';
import type { Destination, Sender, SendOptions, SinkResponse } from './sender';

/** How much of an answer is read, in bytes. */
const MAX_ANSWER = 2 ** 20;
/** Connections that have not been used for so long are closed, in milliseconds. */
const KEEP_ALIVE_MS = 4000;

export interface HttpSenderOptions {
  readonly clock: Clock;
  readonly rules: AddressRules;
  /** How names are resolved. @default as the system does it */
  readonly lookup?: LookupFunction;
  /** The token that proves who sends, for an audience. */
  readonly token?: (audience: string) => Promise<string>;
}

/** A sink is where none may be: tried again all the same, as names may come to mean something else. */
export class SinkRefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SinkRefusedError';
  }
}

/**
 * Sends over HTTP, one connection pool for each origin. A name is resolved for each connection, all its addresses are checked, and the
 * address that was checked is the one that is dialled. Redirects are answers like others and are not followed.
 */
export class HttpSender implements Sender {
  readonly #agents = new Map<string, Agent>();

  constructor(private readonly options: HttpSenderOptions) {}

  async send(
    destination: Destination,
    { headers, body }: EventMessage,
    { timeoutMs, signal }: SendOptions,
  ): Promise<SinkResponse> {
    const { clock, token } = this.options;
    const url = sinkUrl(destination.url);
    const { audience } = destination;
    const authorization = audience && token ? { authorization: `Bearer ${await token(audience)}` } : {};
    const aborting = new AbortController();
    const abort = () => aborting.abort(signal?.reason);
    signal?.throwIfAborted();
    signal?.addEventListener('abort', abort, { once: true });
    const timer =
      timeoutMs === undefined
        ? undefined
        : clock.after(timeoutMs, () => aborting.abort(new Error(`no answer within ${timeoutMs} ms`)));
    try {
      const response = await request(url, {
        method: 'POST',
        headers: { ...headers, ...authorization },
        body,
        dispatcher: this.#agent(destination, url),
        signal: aborting.signal,
      });
      const { bytes, truncated } = await limited(response.body);
      return { status: response.statusCode, headers: response.headers, body: bytes, ...(truncated ? { truncated } : {}) };
    } catch (error) {
      aborting.signal.throwIfAborted();
      throw error;
    } finally {
      timer?.cancel();
      signal?.removeEventListener('abort', abort);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#agents.values()].map((agent) => agent.destroy()));
    this.#agents.clear();
  }

  #agent({ caCerts = '' }: Destination, url: URL): Agent {
    const { rules } = this.options;
    const host = url.hostname.replace(/^\[|\]$/g, '');
    // A literal address is dialled without being looked up.
    const trouble = isIP(host) ? addressTrouble(host, portOf(url), rules) : undefined;
    if (trouble) throw new SinkRefusedError(trouble);
    const key = `${portOf(url)} ${caCerts}`;
    let agent = this.#agents.get(key);
    if (!agent) {
      const connect = { lookup: this.#checked(portOf(url)), ...(caCerts === '' ? {} : { ca: caCerts }) };
      agent = new Agent({ connect, keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: 0, bodyTimeout: 0 });
      this.#agents.set(key, agent);
    }
    return agent;
  }

  /** Resolves as the system does, and fails if any of the addresses is one that sinks may not have. */
  #checked(port: number): LookupFunction {
    const { rules, lookup: resolve = lookup as LookupFunction } = this.options;
    return (hostname, options, callback) => {
      resolve(hostname, { ...options, all: true }, (error, found) => {
        if (error) return callback(error, '', 0);
        const addresses = typeof found === 'string' ? [{ address: found, family: isIP(found) }] : found;
        for (const { address } of addresses) {
          const trouble = addressTrouble(address, port, rules);
          if (trouble) return callback(new SinkRefusedError(`${hostname}: ${trouble}`), '', 0);
        }
        if (options.all) callback(null, addresses);
        else callback(null, addresses[0]!.address, addresses[0]!.family);
      });
    };
  }
}

function sinkUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') throw new SinkRefusedError(`${text} is no http or https URL`);
  return url;
}

function portOf({ port, protocol }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

/** The beginning of a body; what is beyond the limit is not read. */
async function limited(body: AsyncIterable<Uint8Array>): Promise<{ readonly bytes: Buffer; readonly truncated: boolean }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_ANSWER) return { bytes: Buffer.concat(chunks).subarray(0, MAX_ANSWER), truncated: true };
  }
  return { bytes: Buffer.concat(chunks), truncated: false };
}
