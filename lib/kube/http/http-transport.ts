import { createSecureContext } from 'node:tls';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { ClusterError } from '../cluster';
import type { Connection, ConnectionSource, TlsMaterial } from '../kubeconfig';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query: `/api/v1/pods?limit=500`. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  /** Throws where it must not be sent any more; asked right before each time that it is. */
  readonly guard?: (() => void) | undefined;
  /** Whether it goes before all others where writes are limited. @default false */
  readonly urgent?: boolean | undefined;
  /** Whether it writes nothing, whatever the method: it is limited apart from writes. @default false */
  readonly question?: boolean | undefined;
}

export type HttpResponse = Dispatcher.ResponseData;

/** How long making a connection may take at the very most, in milliseconds; whoever asks may give up sooner. */
const CONNECT_TIMEOUT_MS = 30_000;
/** How long a connection is kept for the next request, in milliseconds; the API server closes those that rest for 90 s. */
const KEEP_ALIVE_MS = 80_000;
/** Codes by which Node says that nothing listens there, or that the certificate is not to be trusted. */
const ELSEWHERE = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|CERT|SIGNATURE|ISSUER|ALTNAME|ERR_TLS|SSL/;

/** No answer came: nothing listens, the connection broke, or the server is not who it should be. */
export class UnreachableError extends ClusterError {
  constructor(
    server: string,
    override readonly cause: unknown,
  ) {
    super('Unavailable', `cannot reach ${server}: ${(cause as Partial<Error> | undefined)?.message || codeOf(cause)}`);
  }
}

/** The server that is meant is not there, or no longer: the connection was not made, so nothing was sent. */
export const isElsewhere = (cause: unknown): boolean => ELSEWHERE.test(codeOf(cause));

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | undefined)?.code ?? '');
}

function dispatcherFor({ tls, proxyUrl }: Connection): Dispatcher {
  // Certificates are read once and not for every connection.
  const secureContext = createSecureContext({
    ...(tls.ca ? { ca: tls.ca } : {}),
    ...(tls.cert ? { cert: tls.cert, key: tls.key } : {}),
  });
  const options = { ...tlsOptions(tls), secureContext, timeout: CONNECT_TIMEOUT_MS };
  const timeouts = { headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: KEEP_ALIVE_MS };
  if (proxyUrl) return new ProxyAgent({ uri: proxyUrl, requestTls: options, ...timeouts });
  return new Agent({ connect: options, ...timeouts });
}

function tlsOptions({ serverName, insecure }: TlsMaterial) {
  return {
    ...(serverName ? { servername: serverName } : {}),
    ...(insecure ? { rejectUnauthorized: false } : {}),
  };
}

const socketsKey = ({ server, tls, proxyUrl }: Connection): string => JSON.stringify([server, tls, proxyUrl]);

/** Sends requests with credentials that are valid, over connections that are kept. */
export class HttpTransport {
  #dispatcher: { readonly key: string; readonly dispatcher: Dispatcher } | undefined;

  constructor(
    private readonly source: ConnectionSource,
    private readonly userAgent = 'knc',
  ) {}

  /**
   * The response, whatever its code. What says where the server is and who we are is read anew once if it does not serve.
   * @throws UnreachableError, KncError for credentials that cannot be had, or what the signal is aborted with.
   */
  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    const connection = await this.source.get();
    const again = async (reason: 'credentials' | 'server'): Promise<Connection | undefined> => {
      this.source.invalidate(connection, reason);
      const next = await this.source.get();
      return next === connection ? undefined : next;
    };
    try {
      const response = await this.#sendOn(connection, request, signal);
      if (response.statusCode !== 401) return response;
      const next = await again('credentials');
      if (!next) return response;
      await response.body.dump();
      return await this.#sendOn(next, request, signal);
    } catch (error) {
      if (!(error instanceof UnreachableError) || !isElsewhere(error.cause)) throw error;
      const next = await again('server');
      if (!next) throw error;
      return this.#sendOn(next, request, signal);
    }
  }

  /** Cuts all connections. */
  async close(): Promise<void> {
    await this.#dispatcher?.dispatcher.destroy();
    this.#dispatcher = undefined;
  }

  async #sendOn(
    connection: Connection,
    { method, path, body, contentType, guard }: HttpRequest,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    const { server, headers } = connection;
    const { origin, pathname } = new URL(server);
    guard?.();
    try {
      return await this.#socketsFor(connection).request({
        origin,
        path: `${pathname.replace(/\/$/, '')}${path}`,
        method,
        signal,
        headers: flat({
          accept: 'application/json',
          'user-agent': this.userAgent,
          ...headers,
          ...(contentType ? { 'content-type': contentType } : {}),
        }),
        ...(body === undefined ? {} : { body }),
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw new UnreachableError(server, error);
    }
  }

  #socketsFor(connection: Connection): Dispatcher {
    const key = socketsKey(connection);
    if (this.#dispatcher?.key !== key) {
      // What runs over the old connections may end in peace.
      this.#dispatcher?.dispatcher.close().catch(() => {});
      this.#dispatcher = { key, dispatcher: dispatcherFor(connection) };
    }
    return this.#dispatcher.dispatcher;
  }
}

/** Headers as undici takes them: one that has several values is repeated. */
function flat(headers: Connection['headers']): string[] {
  return Object.entries(headers).flatMap(([name, value]) => [value].flat().flatMap((one) => [name, String(one)]));
}
