import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { IssuedCertificate } from './certificates';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const CRITICAL = true;

export interface CertificateOrder {
  /** Names of who has it. */
  readonly names: readonly string[];
  /** From when to when it is valid, in milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
}

/**
 * A certificate of an authority that is made for it alone. The key of the authority is not kept: nobody can make another one that is
 * trusted. It loads what makes certificates, which nothing else needs: import it when one is to be made.
 */
export async function makeCertificate({ names, from, until }: CertificateOrder): Promise<IssuedCertificate> {
  const [authority, own] = await Promise.all([newKeys(), newKeys()]);
  const validity = { notBefore: new Date(from), notAfter: new Date(until), signingAlgorithm: ALGORITHM };
  const issuer = `CN=${names[0]} authority`;
  const ca = await X509CertificateGenerator.create({
    ...{ ...validity, subject: issuer, issuer, signingKey: authority.privateKey, publicKey: authority.publicKey },
    extensions: [
      new BasicConstraintsExtension(true, 0, CRITICAL),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.digitalSignature, CRITICAL),
      // Of several authorities of one name it says which.
      await SubjectKeyIdentifierExtension.create(authority.publicKey),
    ],
  });
  const leaf = await X509CertificateGenerator.create({
    ...{ ...validity, subject: `CN=${names[0]}`, issuer, signingKey: authority.privateKey, publicKey: own.publicKey },
    extensions: [
      new BasicConstraintsExtension(false, undefined, CRITICAL),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, CRITICAL),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      await AuthorityKeyIdentifierExtension.create(authority.publicKey),
      new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value }))),
    ],
  });
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', own.privateKey)).toString('base64');
  return { authority: text(ca.toString('pem')), certificate: text(leaf.toString('pem')), key: pem('PRIVATE KEY', key) };
}

const newKeys = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

const text = (lines: string): string => `${lines.trim()}\n`;

const pem = (label: string, base64: string): string =>
  `-----BEGIN ${label}-----\n${base64.replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;
