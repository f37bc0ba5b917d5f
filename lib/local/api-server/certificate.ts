import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate and its private key, both PEM. */
export interface ServerCertificate {
  readonly certificate: string;
  readonly key: string;
}

const YEAR_MS = 365 * 24 * 3600 * 1000;
/** How far back it is valid, for clocks that differ (a virtual machine's), in milliseconds. */
const SKEW_MS = 24 * 3600 * 1000;

/** Tags of DER. */
const tags = { boolean: 1, integer: 2, bits: 3, octets: 4, oid: 6, text: 12, time: 24, sequence: 48, set: 49 } as const;
/** Object identifiers as DER writes them. */
const oids = {
  ecdsaWithSha256: '2a8648ce3d040302',
  commonName: '550403',
  basicConstraints: '551d13',
  keyUsage: '551d0f',
  extendedKeyUsage: '551d25',
  subjectAltName: '551d11',
  serverAuth: '2b06010505070301',
} as const;

/** One value of DER: its tag, the length of its content, its content. */
function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), body]);
  return Buffer.concat([Buffer.of(tag, 0x82, length >> 8, length & 0xff), body]);
}

const sequence = (...content: readonly Uint8Array[]): Buffer => der(tags.sequence, ...content);
const oid = (hex: string): Buffer => der(tags.oid, Buffer.from(hex, 'hex'));
const explicit = (number: number, content: Uint8Array): Buffer => der(0xa0 | number, content);
const time = (ms: number): Buffer => der(tags.time, Buffer.from(new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '')));
const bits = (unused: number, content: Uint8Array): Buffer => der(tags.bits, Buffer.of(unused), content);

function extension(id: string, critical: boolean, value: Uint8Array): Buffer {
  const flag = critical ? [der(tags.boolean, Buffer.of(0xff))] : [];
  return sequence(oid(id), ...flag, der(tags.octets, value));
}

/** What the certificate is for: this machine's names, and signing itself. */
function extensions(): Buffer {
  const names = [
    der(0x82, Buffer.from('localhost')),
    der(0x87, Buffer.of(127, 0, 0, 1)),
    der(0x87, Buffer.of(...new Array<number>(15).fill(0), 1)),
  ];
  return sequence(
    extension(oids.basicConstraints, true, sequence(der(tags.boolean, Buffer.of(0xff)), der(tags.integer, Buffer.of(0)))),
    // digitalSignature and keyCertSign, the first and the sixth of the bits.
    extension(oids.keyUsage, true, bits(2, Buffer.of(0b10000100))),
    extension(oids.extendedKeyUsage, false, sequence(oid(oids.serverAuth))),
    extension(oids.subjectAltName, false, sequence(...names)),
  );
}

function toBeSigned(now: number, publicKey: KeyObject): Buffer {
  const name = sequence(der(tags.set, sequence(oid(oids.commonName), der(tags.text, Buffer.from('knc')))));
  return sequence(
    explicit(0, der(tags.integer, Buffer.of(2))),
    // A first byte of 1 keeps the number positive and as long as it is.
    der(tags.integer, Buffer.of(1), randomBytes(15)),
    sequence(oid(oids.ecdsaWithSha256)),
    name,
    sequence(time(now - SKEW_MS), time(now + YEAR_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, extensions()),
  );
}

/**
 * A new certificate (RFC 5280) for a server on this machine, signed by itself: whoever trusts it trusts this server and nothing
 * else. It names 127.0.0.1, ::1 and localhost. Written out here because a library for it takes fifty milliseconds to load, at
 * every start of `knc dev`.
 */
export function selfSignedCertificate(now: number): ServerCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const content = toBeSigned(now, publicKey);
  const signature = sign('sha256', content, privateKey);
  const certificate = sequence(content, sequence(oid(oids.ecdsaWithSha256)), bits(0, signature));
  const lines = certificate.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
