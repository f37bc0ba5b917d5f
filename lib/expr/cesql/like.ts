/** One stretch of a pattern between two `%`: characters, undefined for `_`. */
type Stretch = readonly (string | undefined)[];

/**
 * Compiles a LIKE pattern: `%` stands for any characters, `_` for one, `\%` and `\_` for themselves. The time to match grows with
 * the length of the text times 1/32 of that of the longest stretch that has a `_`; it never backtracks.
 */
export function like(pattern: string): (text: string) => boolean {
  const [first = [], ...others] = stretches(pattern);
  const last = others.pop();
  if (last === undefined) {
    return (text) => {
      const characters = [...text];
      return first.length === characters.length && fits(first, characters, 0);
    };
  }
  const finders = others.filter((stretch) => stretch.length > 0).map(finder);
  return (text) => {
    const characters = [...text];
    const end = characters.length - last.length;
    if (end < first.length || !fits(first, characters, 0) || !fits(last, characters, end)) return false;
    let at = first.length;
    for (const find of finders) {
      at = find(characters, at, end);
      if (at < 0) return false;
    }
    return true;
  };
}

/** How many steps a match takes at most for each character of the text. */
export function likeSteps(pattern: string): number {
  return 1 + stretches(pattern).reduce((longest, { length }) => Math.max(longest, Math.ceil(length / 32)), 0);
}

function stretches(pattern: string): Stretch[] {
  const result: (string | undefined)[][] = [[]];
  const characters = [...pattern];
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i]!;
    const escaped = character === '\\' && (characters[i + 1] === '%' || characters[i + 1] === '_');
    if (character === '%') result.push([]);
    else result.at(-1)!.push(escaped ? characters[++i] : character === '_' ? undefined : character);
  }
  return result;
}

function fits(stretch: Stretch, text: readonly string[], at: number): boolean {
  return stretch.length <= text.length - at && stretch.every((wanted, i) => wanted === undefined || wanted === text[at + i]);
}

type Finder = (text: readonly string[], from: number, end: number) => number;

/** Finds a stretch within `from` and `end`: the position after its first occurrence, or -1. Bit-parallel (Shift-And). */
function finder(stretch: Stretch): Finder {
  const words = Math.ceil(stretch.length / 32);
  const anything = new Uint32Array(words);
  const masks = new Map<string, Uint32Array>();
  const set = (mask: Uint32Array, i: number) => {
    mask[i >>> 5]! |= 1 << (i & 31);
  };
  stretch.forEach((wanted, i) => {
    if (wanted === undefined) set(anything, i);
  });
  for (const wanted of new Set(stretch)) {
    if (wanted === undefined) continue;
    const mask = anything.slice();
    stretch.forEach((other, i) => {
      if (other === wanted) set(mask, i);
    });
    masks.set(wanted, mask);
  }
  const lastWord = (stretch.length - 1) >>> 5;
  const lastBit = 1 << ((stretch.length - 1) & 31);
  return (text, from, end) => {
    const state = new Uint32Array(words);
    for (let at = from; at < end; at++) {
      const mask = masks.get(text[at]!) ?? anything;
      let carry = 1;
      for (let word = 0; word < words; word++) {
        const before = state[word]!;
        state[word] = ((before << 1) | carry) & mask[word]!;
        carry = before >>> 31;
      }
      if (state[lastWord]! & lastBit) return at + 1;
    }
    return -1;
  };
}
