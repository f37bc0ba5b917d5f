import { createHash } from 'node:crypto';
import { type Clock, isJsonObject, timestamp } from '../base';
import { FairSlots } from './fair-slots';
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
/** Reviews that are under way at once: for those that were genuine before, for others, and for addresses from which none was of late. */
const AT_ONCE = { familiar: 44, stranger: 16, suspect: 4 } as const;
/** How many wait for each of these, and how long, in milliseconds. */
const WAITING = { inAll: 512, ofOne: 64 };
const PATIENCE_MS = 2000;
/** How long an address is suspect after a token from there was refused, in milliseconds. */
const SUSPECT_MS = 60_000;
/** Senders that are remembered. */
const SENDERS = 10_000;
/** No token of an API server is longer, in characters. */
const LONGEST = 16_384;
/** Nor is the name of a service account with its namespace. */
const LONGEST_SUBJECT = 400;

interface Sender {
  readonly from: string;
  /** The address, and whose the token says that it is. */
  readonly who: string;
}

interface Known {
  readonly verdict: TokenVerdict;
  readonly until: number;
}

/**
 * Whose tokens are, each asked about once a minute at most. What can be seen in a token without asking is not asked: what is no token,
 * has ended, or is for somebody else. Asking is shared out fairly among addresses, so that no one keeps others from being heard with
 * tokens that are forged: who was genuine before does not wait behind strangers, nor these behind an address that has sent such tokens.
 */
export class ReviewedTokens {
  readonly #known = new Map<string, Known>();
  readonly #asking = new Map<string, Promise<TokenVerdict>>();

  /** Of addresses and whose tokens from there were genuine when they were reviewed last; the longest ago first. */
  readonly #familiar = new Set<string>();
  /** Until when addresses are suspect; the one that was refused longest ago first. */
  readonly #suspect = new Map<string, number>();
  readonly #slots: Readonly<Record<keyof typeof AT_ONCE, FairSlots>>;

  constructor(private readonly options: ReviewedTokensOptions) {
    const { clock } = options;
    const slots = (count: number) => new FairSlots({ clock, slots: count, waiting: WAITING, patienceMs: PATIENCE_MS });
    this.#slots = {
      familiar: slots(AT_ONCE.familiar),
      stranger: slots(AT_ONCE.stranger),
      suspect: slots(AT_ONCE.suspect),
    };
  }

  /**
   * Rejects with a ClusterError where it cannot be said now.
   * @param from the address of who shows the token; all who are unknown are taken for one
   */
  verify(token: string, audience: string, from = ''): TokenVerdict | Promise<TokenVerdict> {
    const now = this.options.clock.now();
    const claims = claimsOf(token);
    if (!claims) return { problem: 'it is no token of a service account' };
    const { exp, aud, sub } = claims;
    if (exp !== undefined && exp <= now) return { problem: `it expired at ${timestamp(exp)}` };
    if (!aud.includes(audience)) {
      const named = aud.map((one) => JSON.stringify(one)).join(', ');
      return { problem: `it is for the audience ${named || '""'}, and not for ${JSON.stringify(audience)}` };
    }
    const key = createHash('sha256').update(`${audience}\n${token}`).digest('base64url');
    const known = this.#known.get(key);
    if (known && known.until > now) return known.verdict;
    return this.#asking.get(key) ?? this.#ask(key, token, audience, { from, who: `${from} ${sub}` }, exp);
  }

  #ask(key: string, token: string, audience: string, sender: Sender, exp = Number.POSITIVE_INFINITY): Promise<TokenVerdict> {
    const [slots, group] = this.#turnOf(sender);
    const asking = slots
      .run(group, () => this.options.review(token, audience))
      .then((verdict) => {
        const genuine = 'subject' in verdict;
        const until = this.options.clock.now() + (genuine ? GENUINE_MS : REFUSED_MS);
        this.#remember(key, { verdict, until: Math.min(until, exp) });
        this.#judge(sender, genuine);
        return verdict;
      })
      .finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  #turnOf({ from, who }: Sender): readonly [FairSlots, string] {
    if (this.#familiar.has(who)) return [this.#slots.familiar, who];
    const suspect = (this.#suspect.get(from) ?? 0) > this.options.clock.now();
    return [suspect ? this.#slots.suspect : this.#slots.stranger, from];
  }

  /** What a token says of itself counts only together with the address that it came from, and only until it was a lie. */
  #judge({ from, who }: Sender, genuine: boolean): void {
    this.#familiar.delete(who);
    if (genuine) this.#familiar.add(who);
    else {
      this.#suspect.delete(from);
      this.#suspect.set(from, this.options.clock.now() + SUSPECT_MS);
    }
    if (this.#familiar.size > SENDERS) this.#familiar.delete(this.#familiar.keys().next().value!);
    if (this.#suspect.size > SENDERS) this.#suspect.delete(this.#suspect.keys().next().value!);
  }

  /** Those that have been known longest go first. */
  #remember(key: string, known: Known): void {
    this.#known.delete(key);
    if (this.#known.size >= REMEMBERED) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(key, known);
  }
}

interface Claims {
  /** In milliseconds since the epoch. */
  readonly exp: number | undefined;
  readonly aud: readonly string[];
  readonly sub: string;
}

/** What a token says of itself, unproven; undefined if it is none. */
function claimsOf(token: string): Claims | undefined {
  if (token.length > LONGEST) return undefined;
  const [header, body, signature, ...more] = token.split('.');
  if (!header || !body || !signature || more.length > 0) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(body, 'base64url').toString());
    if (!isJsonObject(claims)) return undefined;
    const { exp, aud, sub } = claims;
    return {
      exp: typeof exp === 'number' ? exp * 1000 : undefined,
      aud: [aud].flat().filter((one): one is string => typeof one === 'string'),
      sub: typeof sub === 'string' ? sub.slice(0, LONGEST_SUBJECT) : '',
    };
  } catch {
    return undefined;
  }
}
