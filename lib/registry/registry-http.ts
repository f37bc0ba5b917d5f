import { isIP, type LookupFunction, type Socket } from 'node:net';
import { rootCertificates } from 'node:tls';
import { Agent, buildConnector, type Dispatcher, request } from 'undici';
import { type Clock, errorMessage } from '../base';
import { type AddressRules, addressVerdict, endpointText } from '../base/address-rules';
import { checkedLookup } from '../base/checked-lookup';
import { RegistryError, type RegistryFailure } from './registry-error';

export interface RegistryHttpOptions {
  /** Registries in private networks are usual; those at link-local, loopback and metadata addresses have to be allowed. */
  readonly rules?: AddressRules;
  /** Certificates (PEM) that are trusted beside the public ones: those of the cluster. */
  readonly ca?: readonly string[];
  /** How names are resolved. @default as the system does it */
  readonly lookup?: LookupFunction;
}

export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD';
  readonly url: URL;
  readonly accept?: string;
  /** Goes to the origin of `url` and nowhere else, wherever that redirects to. */
  readonly authorization?: string;
  /** How much of a body is taken. A longer one is an error. */
  readonly maxBytes: number;
}

export interface RegistryAnswer {
  readonly status: number;
  /** Where the answer came from, after redirects. */
  readonly url: URL;
  readonly header: (name: string) => string | undefined;
  readonly body: Buffer;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MAX_REDIRECTS = 5;
/** In milliseconds: less than half of the time that is usual for a digest, so that nobody being there shows before it is over, with and without TLS. */
export const CONNECT_TIMEOUT_MS = 4000;
const USER_AGENT = 'knative-constructs';

/** Requests to registries and to those that make tokens for them: addresses are checked before they are dialled, redirects followed with care. */
export class RegistryHttp {
  readonly #agents = new Map<number, Agent>();

  constructor(private readonly options: RegistryHttpOptions & { readonly clock: Clock }) {}

  /** @throws RegistryError unreachable, or refused for what makes no sense; what the signal is aborted with */
  async send(first: RegistryRequest, signal: AbortSignal): Promise<RegistryAnswer> {
    let { url } = first;
    for (let redirects = 0; ; redirects++) {
      const trusted = url.origin === first.url.origin;
      const failure = redirects === 0 ? 'unreachable' : 'refused';
      const answer = await this.#once(first, url, trusted ? first.authorization : undefined, signal, failure);
      const location = REDIRECTS.has(answer.status) ? answer.header('location') : undefined;
      if (location === undefined) return answer;
      if (redirects === MAX_REDIRECTS) throw new RegistryError('refused', `${what(first)}: more than ${MAX_REDIRECTS} redirects`);
      url = redirected(url, location, first);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#agents.values()].map((agent) => agent.destroy()));
    this.#agents.clear();
  }

  /** @param failure what it is if there is no answer */
  async #once(
    asked: RegistryRequest,
    url: URL,
    authorization: string | undefined,
    signal: AbortSignal,
    failure: RegistryFailure,
  ): Promise<RegistryAnswer> {
    const { method, accept, maxBytes } = asked;
    const headers = {
      'user-agent': USER_AGENT,
      ...(accept === undefined ? {} : { accept }),
      ...(authorization === undefined ? {} : { authorization }),
    };
    let heard = false;
    try {
      const dispatcher = this.#agent(url);
      const response = await request(url, { method, headers, dispatcher, signal });
      heard = true;
      const body = await limited(response, maxBytes, what(asked));
      const header = (name: string) => [response.headers[name]].flat()[0];
      return { status: response.statusCode, url, header, body };
    } catch (error) {
      signal.throwIfAborted();
      if (RegistryError.is(error)) throw error;
      throw new RegistryError(heard ? 'refused' : failure, `${what(asked)}: ${errorMessage(error).trim()}`);
    }
  }

  #agent(url: URL): Agent {
    const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
    const hostname = url.hostname.replace(/^\[|\]$/g, '');
    // A literal address is dialled without being looked up.
    const trouble = isIP(hostname) ? this.#trouble(hostname, port) : undefined;
    if (trouble) throw trouble;
    let agent = this.#agents.get(port);
    if (!agent) {
      const { ca = [], lookup } = this.options;
      const connect = buildConnector({
        timeout: 0,
        lookup: checkedLookup((address) => this.#trouble(address, port), lookup),
        ...(ca.length > 0 ? { ca: [...rootCertificates, ...ca] } : {}),
      });
      agent = new Agent({ connect: this.#inTime(connect), headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 4000 });
      this.#agents.set(port, agent);
    }
    return agent;
  }

  /** Gives a connection up that has not come about in time: neither its address answers, nor, with TLS, who is there. */
  #inTime(connect: buildConnector.connector): buildConnector.connector {
    return (options, callback) => {
      const tooLate = new Error(`no connection to ${options.host} in ${CONNECT_TIMEOUT_MS / 1000} s`);
      const timer = this.options.clock.after(CONNECT_TIMEOUT_MS, () => connecting.destroy(tooLate));
      // It gives the socket that is to be connected, though its type does not say so.
      const connecting = connect(options, (...result) => {
        timer.cancel();
        callback(...result);
      }) as unknown as Socket;
    };
  }

  #trouble(address: string, port: number): Error | undefined {
    const verdict = addressVerdict(address, port, this.options.rules ?? {});
    if (verdict === undefined) return undefined;
    const where = endpointText(address, port);
    return new Error(`${where} is an address of this machine, its link or its cloud, where registries are not asked`);
  }
}

/** A request as errors call it: without name, password and query. */
export const what = ({ method, url }: Pick<RegistryRequest, 'method' | 'url'>): string =>
  `${method} ${url.origin}${url.pathname}`;

function redirected(from: URL, location: string, asked: RegistryRequest): URL {
  const url = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const usable = url?.protocol === 'https:' || (url?.protocol === 'http:' && from.protocol === 'http:');
  if (!url || !usable) throw new RegistryError('refused', `${what(asked)}: redirects to somewhere that is no place to go`);
  url.username = '';
  url.password = '';
  return url;
}

async function limited({ body }: Dispatcher.ResponseData, maxBytes: number, asked: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new RegistryError('refused', `${asked}: answered with more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
