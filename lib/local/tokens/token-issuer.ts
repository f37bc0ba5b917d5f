import { randomUUID } from 'node:crypto';
import { type Clock, timestamp } from '../../base';
import { type Claims, type JsonWebKey, SigningKey } from './jwt';

/** Who issues the tokens, and for whom those are that name no audience: the API server. */
export const TOKEN_ISSUER = 'https://kubernetes.default.svc.cluster.local';
const DEFAULT_SECONDS = 3600;
/** Tokens that have been looked at and are remembered. */
const REMEMBERED = 1000;

export interface TokenOptions {
  readonly namespace: string;
  /** Name and uid of the service account. */
  readonly name: string;
  readonly uid: string;
  /** @default the API server */
  readonly audiences?: readonly string[];
  /** How long it is valid, in seconds. @default 3600 */
  readonly seconds?: number;
}

export interface IssuedToken {
  readonly token: string;
  readonly audiences: readonly string[];
  readonly seconds: number;
  /** When it ends, in milliseconds since the epoch. */
  readonly expires: number;
}

/** Issues tokens of service accounts as an API server does, and checks them. Its key lives and ends with this process. */
export class TokenIssuer {
  readonly #opened = new Map<string, Claims>();
  #made: SigningKey | undefined;

  constructor(private readonly clock: Clock) {}

  issue({ namespace, name, uid, audiences = [], seconds = DEFAULT_SECONDS }: TokenOptions): IssuedToken {
    const now = Math.floor(this.clock.now() / 1000);
    const aud = audiences.length > 0 ? audiences : [TOKEN_ISSUER];
    const token = this.#key.sign({
      ...{ aud, exp: now + seconds, iat: now, iss: TOKEN_ISSUER, jti: randomUUID(), nbf: now },
      'kubernetes.io': { namespace, serviceaccount: { name, uid } },
      sub: `system:serviceaccount:${namespace}:${name}`,
    });
    return { token, audiences: aud, seconds, expires: (now + seconds) * 1000 };
  }

  /** The subject of a token that is genuine, valid now and made for this audience; else what is wrong with it. */
  verify(token: string, audience: string): { readonly subject: string; readonly claims: Claims } | { readonly problem: string } {
    const claims = this.#claims(token);
    if (!claims) return { problem: 'this API server has not signed it since it was started' };
    const now = this.clock.now();
    if (claims.exp * 1000 <= now) return { problem: `it expired at ${timestamp(claims.exp * 1000)}` };
    if (claims.nbf * 1000 > now) return { problem: `it is not valid before ${timestamp(claims.nbf * 1000)}` };
    if (!claims.aud.includes(audience)) {
      const wanted = JSON.stringify(audience);
      return {
        problem: `it is for the audience ${claims.aud.map((one) => JSON.stringify(one)).join(', ')}, and not for ${wanted}`,
      };
    }
    return { subject: claims.sub, claims };
  }

  /** The document of `/.well-known/openid-configuration`. @param base where this API server is reached */
  discovery(base: string): Readonly<Record<string, unknown>> {
    return {
      issuer: TOKEN_ISSUER,
      jwks_uri: `${base}/openid/v1/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    };
  }

  /** The document of `/openid/v1/jwks`. */
  get keys(): { readonly keys: readonly JsonWebKey[] } {
    return { keys: [this.#key.jwk] };
  }

  /** Made when it is needed first: most people never use it. */
  get #key(): SigningKey {
    this.#made ??= new SigningKey();
    return this.#made;
  }

  #claims(token: string): Claims | undefined {
    const known = this.#opened.get(token);
    if (known) return known;
    const claims = this.#key.open(token);
    if (!claims) return undefined;
    if (this.#opened.size >= REMEMBERED) this.#opened.delete(this.#opened.keys().next().value!);
    this.#opened.set(token, claims);
    return claims;
  }
}
