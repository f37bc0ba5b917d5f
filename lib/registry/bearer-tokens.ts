import { createHash } from 'node:crypto';
import { type Clock, isJsonObject } from '../base';
import type { Challenge } from './challenge';
import type { Credential } from './docker-config';
import { RegistryError } from './registry-error';
import { type RegistryHttp, what } from './registry-http';

/** Seconds that a token is valid if nobody says so, by the token specification of Docker. */
const DEFAULT_SECONDS = 60;
/** How long before its end a token is not used any more. */
const MARGIN_MS = 5000;
const MAX_TOKEN_ANSWER = 1 << 20;
const MAX_KEPT = 500;

/** What tokens are for. */
export interface TokenScope {
  /** Of the registry: `https://ghcr.io`. */
  readonly origin: string;
  readonly repository: string;
  readonly credential: Credential | undefined;
}

/** Tokens to pull, from whoever a registry says makes them, kept until they end. */
export class BearerTokens {
  readonly #kept = new Map<string, { readonly token: string; readonly until: number }>();

  constructor(
    private readonly http: RegistryHttp,
    private readonly clock: Clock,
  ) {}

  /** A token that is valid still. */
  kept(scope: TokenScope): string | undefined {
    const found = this.#kept.get(keyOf(scope));
    return found && found.until > this.clock.now() ? found.token : undefined;
  }

  /**
   * A new token. The credential goes to where the registry says (its realm, which may be another host), but not without TLS if the registry
   * itself was asked with it.
   * @throws RegistryError
   */
  async fetch(scope: TokenScope, { parameters }: Challenge, signal: AbortSignal): Promise<string> {
    const { realm = '', service } = parameters;
    const url = URL.canParse(realm) ? new URL(realm) : undefined;
    const usable = url?.protocol === 'https:' || (url?.protocol === 'http:' && scope.origin.startsWith('http:'));
    if (!url || !usable) throw new RegistryError('refused', `${scope.origin} names no usable realm to get a token from`);
    url.username = '';
    url.password = '';
    if (service !== undefined) url.searchParams.set('service', service);
    url.searchParams.set('scope', `repository:${scope.repository}:pull`);
    const { credential } = scope;
    const request = { method: 'GET', url, accept: 'application/json', maxBytes: MAX_TOKEN_ANSWER } as const;
    const answer = await this.http.send({ ...request, ...(credential ? { authorization: basic(credential) } : {}) }, signal);
    if (answer.status !== 200) throw refusal(answer.status, `${what(request)}: unexpected status code ${answer.status}`);
    const { token, seconds } = tokenIn(answer.body, what(request));
    this.#keep(keyOf(scope), token, this.clock.now() + seconds * 1000 - MARGIN_MS);
    return token;
  }

  forget(scope: TokenScope): void {
    this.#kept.delete(keyOf(scope));
  }

  #keep(key: string, token: string, until: number): void {
    this.#kept.delete(key);
    this.#kept.set(key, { token, until });
    if (this.#kept.size > MAX_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
  }
}

/** The header for a name and password. */
export const basic = ({ username, password }: Credential): string =>
  `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;

/** What stands for a credential where itself should not be kept. */
export const fingerprint = (credential: Credential | undefined): string =>
  credential
    ? createHash('sha256')
        .update(JSON.stringify([credential.username, credential.password]))
        .digest('hex')
    : '';

const keyOf = ({ origin, repository, credential }: TokenScope): string => `${origin} ${repository} ${fingerprint(credential)}`;

/** The error that a status stands for. */
export function refusal(status: number, message: string, retryAfter?: string): RegistryError {
  if (status === 401 || status === 403) return new RegistryError('denied', message);
  if (status !== 429 && status < 500) return new RegistryError('refused', message);
  const seconds = Number(retryAfter);
  return new RegistryError('busy', message, seconds > 0 ? seconds * 1000 : undefined);
}

function tokenIn(body: Buffer, asked: string): { readonly token: string; readonly seconds: number } {
  let answer: unknown;
  try {
    answer = JSON.parse(body.toString('utf8'));
  } catch {}
  const { token, access_token, expires_in } = isJsonObject(answer) ? answer : {};
  const found = token ?? access_token;
  // Whatever is no token would end the header, or begin another.
  if (typeof found !== 'string' || !/^[\x21-\x7e]+$/.test(found))
    throw new RegistryError('refused', `${asked}: no token in bearer response`);
  return { token: found, seconds: typeof expires_in === 'number' && expires_in > 0 ? expires_in : DEFAULT_SECONDS };
}
