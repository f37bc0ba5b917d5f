/** Whether a text is what a pattern with `*` (any characters) describes. Takes no longer than their product. */
export function globMatches(pattern: string, text: string): boolean {
  let [p, t] = [0, 0];
  /** Where to go on if what follows the last `*` turns out not to match. */
  let star: { readonly pattern: number; readonly text: number } | undefined;
  while (t < text.length) {
    if (p < pattern.length && pattern[p] === '*') star = { pattern: ++p, text: t };
    else if (p < pattern.length && pattern[p] === text[t]) [p, t] = [p + 1, t + 1];
    else if (star) {
      star = { pattern: star.pattern, text: star.text + 1 };
      [p, t] = [star.pattern, star.text];
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
