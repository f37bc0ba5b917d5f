import { isIP, type LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import type { Clock } from '../../base';
import { checkedLookup } from '../../base/checked-lookup';
import type { EventMessage } from '../cloud-event';
import { type AddressRules, addressTrouble } from './address-rules';
import { MAX_ANSWER } from './answer-reader';
import { followAbort } from './follow-abort';
import { KEEP_ALIVE_MS, PlainHttp, type PlainOrigin } from './plain-http';
import type { Destination, Sender, SendOptions, SinkResponse } from './sender';

export interface HttpSenderOptions {
  readonly clock: Clock;
  readonly rules: AddressRules;
  /** How names are resolved. @default as the system does it */
  readonly lookup?: LookupFunction;
}

/** A sink is where none may be: tried again all the same, as names may come to mean something else. */
export class SinkRefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SinkRefusedError';
  }
}

/** A destination, read and checked as far as it can be before it is dialled. */
interface Target {
  readonly url: URL;
  readonly path: string;
  /** For a name and password in the URL. */
  readonly authorization: string | undefined;
  /** Undefined where TLS is needed. */
  readonly plain: PlainOrigin | undefined;
}

/**
 * Sends over HTTP, one connection pool for each origin. A name is resolved for each connection, all its addresses are checked, and the
 * address that was checked is the one that is dialled. Redirects are answers like others and are not followed.
 */
export class HttpSender implements Sender {
  readonly #agents = new Map<string, Agent>();
  readonly #targets = new WeakMap<Destination, Target>();
  readonly #plain: PlainHttp;

  constructor(private readonly options: HttpSenderOptions) {
    this.#plain = new PlainHttp(options.clock);
  }

  async send(destination: Destination, message: EventMessage, options: SendOptions): Promise<SinkResponse> {
    const target = this.#targetOf(destination);
    options.signal?.throwIfAborted();
    const { authorization } = target;
    // A token goes before a name and password.
    if (!authorization || 'authorization' in message.headers) return this.#post(destination, target, message, options);
    const headers = { ...message.headers, authorization };
    return this.#post(destination, target, { ...message, headers }, options);
  }

  async close(): Promise<void> {
    this.#plain.close();
    await Promise.all([...this.#agents.values()].map((agent) => agent.destroy()));
    this.#agents.clear();
  }

  #post(destination: Destination, target: Target, message: EventMessage, options: SendOptions): Promise<SinkResponse> {
    const { url, path, plain } = target;
    if (!plain) return this.#postByTls(destination, url, message, options);
    const { answer, cancel } = this.#plain.post(plain, { host: url.host, path }, message);
    return this.#limited(answer, cancel, options);
  }

  /** The same, broken off by the signal or when its time is over. */
  async #limited<T>(answer: Promise<T>, cancel: (reason: unknown) => void, { timeoutMs, signal }: SendOptions): Promise<T> {
    const late = () => cancel(new Error(`no answer within ${timeoutMs} ms`));
    const timer = timeoutMs === undefined ? undefined : this.options.clock.after(timeoutMs, late);
    const unfollow = signal && followAbort(signal, () => cancel(signal.reason));
    try {
      return await answer;
    } finally {
      timer?.cancel();
      unfollow?.();
    }
  }

  async #postByTls(
    destination: Destination,
    url: URL,
    { headers, body }: EventMessage,
    options: SendOptions,
  ): Promise<SinkResponse> {
    const aborting = new AbortController();
    const dispatcher = this.#agent(destination, url);
    const answering = request(url, { method: 'POST', headers, body, dispatcher, signal: aborting.signal });
    try {
      const whole = answering.then(async (response): Promise<SinkResponse> => {
        const { bytes, truncated } = await limited(response.body);
        const headers = firstOfEach(response.headers);
        return { status: response.statusCode, headers, body: bytes, ...(truncated ? { truncated } : {}) };
      });
      return await this.#limited(whole, (reason) => aborting.abort(reason), options);
    } catch (error) {
      aborting.signal.throwIfAborted();
      throw error;
    }
  }

  #targetOf(destination: Destination): Target {
    const known = this.#targets.get(destination);
    if (known) return known;
    const url = sinkUrl(destination.url);
    const hostname = url.hostname.replace(/^\[|\]$/g, '');
    const port = portOf(url);
    // A literal address is dialled without being looked up.
    const trouble = isIP(hostname) ? addressTrouble(hostname, port, this.options.rules) : undefined;
    if (trouble) throw new SinkRefusedError(trouble);
    const plain = url.protocol === 'http:' ? { hostname, port, lookup: this.#checked(port) } : undefined;
    const target = { url, path: url.pathname + url.search, authorization: basic(url), plain };
    this.#targets.set(destination, target);
    return target;
  }

  #agent({ caCerts = '' }: Destination, url: URL): Agent {
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
    const { rules, lookup: resolve } = this.options;
    return checkedLookup((address, hostname) => {
      const trouble = addressTrouble(address, port, rules);
      return trouble === undefined ? undefined : new SinkRefusedError(`${hostname}: ${trouble}`);
    }, resolve);
  }
}

function sinkUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') throw new SinkRefusedError(`${text} is no http or https URL`);
  return url;
}

function basic({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  return `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`, 'utf8').toString('base64')}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Of fields that stand there several times the first: it counts wherever there may be one alone. */
function firstOfEach(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat()[0] ?? '']));
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
