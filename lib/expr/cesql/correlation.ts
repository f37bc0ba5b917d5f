import { createCipheriv, createDecipheriv } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Correlation ids are made by whoever holds the key: `ID:BASE64URL(NONCE AES-GCM(ID) TAG):INDEX`, as upstream makes them. */
export function correlationId(id: string, key: Buffer, nonce: Buffer, index: number): string {
  const cipher = createCipheriv(ALGORITHM, key, nonce);
  const sealed = Buffer.concat([nonce, cipher.update(id, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  // With its padding, as Go's base64.URLEncoding has it.
  const text = sealed.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
  return `${id}:${text}:${index}`;
}

/** The bytes of nonce that a correlation id needs. */
export const CORRELATION_NONCE_BYTES = NONCE_BYTES;

/** Whether a correlation id was made with this key. */
export function isCorrelationId(text: string, key: Buffer): boolean {
  const { id, sealed } = partsOf(text) ?? {};
  if (id === undefined || sealed === undefined || sealed.length < NONCE_BYTES + TAG_BYTES) return false;
  try {
    const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    const bytes = sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES);
    return Buffer.concat([decipher.update(bytes), decipher.final()]).toString('utf8') === id;
  } catch {
    return false;
  }
}

/** Ids may hold colons; the other two parts do not. */
function partsOf(text: string): { readonly id: string; readonly sealed: Buffer; readonly index: number } | undefined {
  const found = /^(.*):([A-Za-z0-9_=-]+):(\d+)$/s.exec(text);
  return found ? { id: found[1]!, sealed: Buffer.from(found[2]!, 'base64url'), index: Number(found[3]) } : undefined;
}

/** The keys that this process holds, by `NAMESPACE.NAME` of the RequestReply. */
const held = new Map<string, Set<Buffer>>();

/** Lets KN_VERIFY_CORRELATION_ID recognise what was made with a key. @returns undoes it */
export function holdCorrelationKey(namespace: string, name: string, key: Buffer): () => void {
  const owner = `${namespace}.${name}`;
  const keys = held.get(owner) ?? new Set();
  held.set(owner, keys.add(key));
  return () => {
    if (keys.delete(key) && keys.size === 0 && held.get(owner) === keys) held.delete(owner);
  };
}

/**
 * What upstream's function KN_VERIFY_CORRELATION_ID says: whether an attribute holds a correlation id that a RequestReply made, in the
 * process of this index among so many. It is the one function that goes by more than its arguments: by the keys that are held.
 */
export function verifyCorrelationId(text: string, name: string, namespace: string, index: number, count: number): boolean {
  const parts = partsOf(text);
  if (!parts || count < 1 || parts.index % count !== index) return false;
  return [...(held.get(`${namespace}.${name}`) ?? [])].some((key) => isCorrelationId(text, key));
}
