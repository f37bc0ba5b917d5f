/** The only source of chance. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
}

/** The machine's randomness. */
export const systemRandom: Random = { next: () => Math.random() };

/** A reproducible sequence from a 32-bit seed (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = state;
      t = Math.imul(t ^ (t >>> 15), t | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    },
  };
}

/** An integer in [0, bound). */
export function randomInt(random: Random, bound: number): number {
  return Math.floor(random.next() * bound);
}

const SUFFIX_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** A suffix as Kubernetes appends it to generated names: no vowels, no look-alikes. */
export function randomSuffix(random: Random, length = 5): string {
  let out = '';
  while (out.length < length) out += SUFFIX_ALPHABET[randomInt(random, SUFFIX_ALPHABET.length)];
  return out;
}

/** A version 4 UUID. */
export function randomUuid(random: Random): string {
  const hex = Array.from({ length: 32 }, (_, i) => {
    if (i === 12) return '4';
    const value = randomInt(random, 16);
    return (i === 16 ? (value & 3) | 8 : value).toString(16);
  }).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
