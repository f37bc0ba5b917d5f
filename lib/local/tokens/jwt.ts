import { createHash, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';

/** What a token says. Times in seconds since the epoch. */
export interface Claims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: readonly string[];
  readonly exp: number;
  readonly iat: number;
  readonly nbf: number;
  readonly jti: string;
  /** What Kubernetes says of the service account. */
  readonly 'kubernetes.io': {
    readonly namespace: string;
    readonly serviceaccount: { readonly name: string; readonly uid: string };
  };
}

const ALGORITHM = 'ES256';
const ENCODING = 'ieee-p1363';
/** Longer ones are refused unread. */
const MAX_LENGTH = 16_384;

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function decoded(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** A public key as a JSON Web Key (RFC 7517). */
export type JsonWebKey = Readonly<Record<string, unknown>> & { readonly kid: string };

/** Signs JSON Web Tokens (RFC 7519) with a key of its own, and tells which ones it has signed. */
export class SigningKey {
  readonly jwk: JsonWebKey;
  readonly #header: string;
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#privateKey = privateKey;
    this.#publicKey = publicKey;
    const { crv, kty, x, y } = publicKey.export({ format: 'jwk' });
    // The thumbprint of RFC 7638: members in the order of their names.
    const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
    this.jwk = { use: 'sig', kty, kid, alg: ALGORITHM, crv, x, y };
    this.#header = encoded({ alg: ALGORITHM, kid });
  }

  sign(claims: Claims): string {
    const content = `${this.#header}.${encoded(claims)}`;
    const signature = sign('sha256', Buffer.from(content), { key: this.#privateKey, dsaEncoding: ENCODING });
    return `${content}.${signature.toString('base64url')}`;
  }

  /** What a token says; undefined if it was not signed with this key, whatever its header says of algorithms. */
  open(token: string): Claims | undefined {
    if (token.length > MAX_LENGTH) return undefined;
    const [header = '', body = '', signature = '', ...more] = token.split('.');
    // Our own tokens have our own header, to the last letter.
    if (more.length > 0 || header !== this.#header) return undefined;
    const bytes = Buffer.from(signature, 'base64url');
    const genuine = verify('sha256', Buffer.from(`${header}.${body}`), { key: this.#publicKey, dsaEncoding: ENCODING }, bytes);
    return genuine ? (decoded(body) as Claims) : undefined;
  }
}
