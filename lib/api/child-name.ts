import { createHash } from 'node:crypto';

const LONGEST = 63;
const HEAD = LONGEST - 32;

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/**
 * The name of a child object: parent and suffix, at most 63 characters. What is longer is cut and gets an MD5 in its middle, so
 * that it stays unique (knative.dev/pkg/kmeta ChildName).
 */
export function childName(parent: string, suffix: string): string {
  if (parent.length <= LONGEST - suffix.length) return parent + suffix;
  if (HEAD - suffix.length > 0) return parent.slice(0, HEAD - suffix.length) + md5(parent) + suffix;
  const hashed = parent.slice(0, HEAD) + md5(parent + suffix);
  return (hashed + suffix.slice(0, LONGEST - hashed.length)).replace(/[^a-zA-Z0-9]+$/, '');
}
