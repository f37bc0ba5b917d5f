import { createHash } from 'node:crypto';
import { type Clock, isJsonObject, timestamp } from '../base';
import { ClusterError } from './cluster';
import type { TokenVerdict } from './service-accounts';

export interface ReviewedTokensOptions {
  readonly clock: Clock;
  /** Asks whoever knows. */
  readonly review: (token: string, audience: string) => Promise<TokenVerdict>;
}

/** How long the verdict over a token holds, in milliseconds; that of one which is refused shorter, since there may be no end of those. */
const GENUINE_MS = 60_000;
const REFUSED_MS = 10_000;
/** Verdicts that are remembered. */
const REMEMBERED = 10_000;
/** Reviews that are under way at once. */
const AT_ONCE = 64;
/** No token of an API server is longer, in characters. */
const LONGEST = 16_384;

interface Known {
  readonly verdict: TokenVerdict;
  readonly until: number;
}

/**
 * Whose tokens are, each asked about once a minute at most. What can be seen in a token without asking is not asked: what is no token,
 * has ended, or is for somebody else.
 */
export class ReviewedTokens {
  readonly #known = new Map<string, Known>();
  readonly #asking = new Map<string, Promise<TokenVerdict>>();

  constructor(private readonly options: ReviewedTokensOptions) {}

  /** Rejects with a ClusterError where it cannot be said now. */
  verify(token: string, audience: string): TokenVerdict | Promise<TokenVerdict> {
    const now = this.options.clock.now();
    const claims = claimsOf(token);
    if (!claims) return { problem: 'it is no token of a service account' };
    const { exp, aud } = claims;
    if (exp !== undefined && exp <= now) return { problem: `it expired at ${timestamp(exp)}` };
    if (!aud.includes(audience)) {
      const named = aud.map((one) => JSON.stringify(one)).join(', ');
      return { problem: `it is for the audience ${named || '""'}, and not for ${JSON.stringify(audience)}` };
    }
    const key = createHash('sha256').update(`${audience}\n${token}`).digest('base64url');
    const known = this.#known.get(key);
    if (known && known.until > now) return known.verdict;
    return this.#asking.get(key) ?? this.#ask(key, token, audience, exp);
  }

  #ask(key: string, token: string, audience: string, exp = Number.POSITIVE_INFINITY): Promise<TokenVerdict> {
    if (this.#asking.size >= AT_ONCE) {
      return Promise.reject(new ClusterError('TooManyRequests', `${AT_ONCE} tokens are being reviewed already`));
    }
    const asking = this.options
      .review(token, audience)
      .then((verdict) => {
        const until = this.options.clock.now() + ('subject' in verdict ? GENUINE_MS : REFUSED_MS);
        this.#remember(key, { verdict, until: Math.min(until, exp) });
        return verdict;
      })
      .finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  /** Those that have been known longest go first. */
  #remember(key: string, known: Known): void {
    this.#known.delete(key);
    if (this.#known.size >= REMEMBERED) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(key, known);
  }
}

/** What a token says of itself, unproven; undefined if it is none. */
function claimsOf(token: string): { readonly exp: number | undefined; readonly aud: readonly string[] } | undefined {
  if (token.length > LONGEST) return undefined;
  const [header, body, signature, ...more] = token.split('.');
  if (!header || !body || !signature || more.length > 0) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(body, 'base64url').toString());
    if (!isJsonObject(claims)) return undefined;
    const { exp, aud } = claims;
    return {
      exp: typeof exp === 'number' ? exp * 1000 : undefined,
      aud: [aud].flat().filter((one): one is string => typeof one === 'string'),
    };
  } catch {
    return undefined;
  }
}
