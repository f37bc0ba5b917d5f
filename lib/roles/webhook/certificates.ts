import { createPrivateKey, X509Certificate } from 'node:crypto';

/** A certificate with its key, as PEM. */
export interface CertificatePair {
  readonly certificate: string;
  readonly key: string;
}

/** One that has just been made, with the certificate of who signed it. */
export interface IssuedCertificate extends CertificatePair {
  readonly authority: string;
}

/** The certificates of the webhook, as its Secret has them. */
export interface Certificates {
  /** Who is trusted, as PEM: the authority of the current certificate and, while there is one, of the next. */
  readonly bundle: string;
  readonly current: CertificatePair;
  /** What takes over, and from when, in milliseconds since the epoch: first everybody is to trust it. */
  readonly next?: CertificatePair & { readonly from: number };
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How long a certificate is valid. */
export const VALID_MS = 90 * DAY_MS;
/** Clocks differ: it begins so long ago. */
export const SKEW_MS = HOUR_MS;
/** So long before it ends the next one is made. */
export const RENEW_MS = 30 * DAY_MS;
/** So long both are trusted before the next one is used. */
export const OVERLAP_MS = 10 * 60_000;

const KEYS = { bundle: 'ca.crt', certificate: 'tls.crt', key: 'tls.key' } as const;
const NEXT = { certificate: 'next.crt', key: 'next.key', from: 'next.from' } as const;

type Data = Readonly<Record<string, string>>;

const encoded = (text: string): string => Buffer.from(text).toString('base64');

/** The data of the Secret. */
export function secretData({ bundle, current, next }: Certificates): Data {
  const texts = {
    ...{ [KEYS.bundle]: bundle, [KEYS.certificate]: current.certificate, [KEYS.key]: current.key },
    ...(next
      ? { [NEXT.certificate]: next.certificate, [NEXT.key]: next.key, [NEXT.from]: new Date(next.from).toISOString() }
      : {}),
  };
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, encoded(text)]));
}

/** What the data of the Secret says. Undefined if it can be used no more: nothing in it, something else, or expired. */
export function readCertificates(data: Data | undefined, host: string, now: number): Certificates | undefined {
  const text = (name: string) => Buffer.from(data?.[name] ?? '', 'base64').toString();
  const bundle = text(KEYS.bundle);
  const usable = (pair: CertificatePair) => isUsable(pair, bundle, host, now);
  const current = { certificate: text(KEYS.certificate), key: text(KEYS.key) };
  const from = Date.parse(text(NEXT.from));
  const next = { certificate: text(NEXT.certificate), key: text(NEXT.key), from };
  if (!usable(current)) return undefined;
  return { bundle, current, ...(Number.isFinite(from) && usable(next) ? { next } : {}) };
}

/** The certificates of a bundle. */
export const splitBundle = (bundle: string): readonly string[] =>
  bundle.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g)?.map((one) => `${one}\n`) ?? [];

function isUsable({ certificate, key }: CertificatePair, bundle: string, host: string, now: number): boolean {
  try {
    const leaf = new X509Certificate(certificate);
    const fits = leaf.checkPrivateKey(createPrivateKey(key)) && leaf.checkHost(host) !== undefined;
    return fits && now < Date.parse(leaf.validTo) && authoritiesOf(certificate, bundle).length > 0;
  } catch {
    return false;
  }
}

function authoritiesOf(certificate: string, bundle: string): readonly string[] {
  const leaf = new X509Certificate(certificate);
  return splitBundle(bundle).filter((one) => leaf.verify(new X509Certificate(one).publicKey));
}

const endOf = ({ certificate }: CertificatePair): number => Date.parse(new X509Certificate(certificate).validTo);

/** What is to be used at a time. */
export const usedOf = ({ current, next }: Certificates, now: number): CertificatePair =>
  next && now >= next.from ? next : current;

/** What is to be done about the certificates, or when to look again, in milliseconds since the epoch. */
export type CertificateStep =
  | { readonly kind: 'make' | 'renew' }
  | { readonly kind: 'take'; readonly certificates: Certificates }
  | { readonly kind: 'keep'; readonly until: number };

export function certificateStep(found: Certificates | undefined, now: number): CertificateStep {
  if (!found) return { kind: 'make' };
  const { bundle, current, next } = found;
  if (next) {
    if (now < next.from) return { kind: 'keep', until: next.from };
    const { from: _, ...pair } = next;
    return { kind: 'take', certificates: { bundle, current: pair } };
  }
  const due = endOf(current) - RENEW_MS;
  return now < due ? { kind: 'keep', until: due } : { kind: 'renew' };
}

/** The first certificates: what was there before is trusted no more. */
export const madeOf = ({ authority, ...current }: IssuedCertificate): Certificates => ({ bundle: authority, current });

/** A next certificate beside the current one, which goes on until everybody trusts both. */
export function renewedWith({ bundle, current }: Certificates, issued: IssuedCertificate, now: number): Certificates {
  const { authority, ...pair } = issued;
  const trusted = authoritiesOf(current.certificate, bundle).join('') + authority;
  return { bundle: trusted, current, next: { ...pair, from: Math.min(now + OVERLAP_MS, endOf(current)) } };
}
