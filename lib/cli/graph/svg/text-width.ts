const NARROW = /[ijltfrI1.,:;'|!()[\]\-/ ]/;
const WIDE = /[mwMW@%]/;
const CAPITAL = /[A-Z0-9]/;

/** About how wide a text is in a sans-serif font, in pixels; a little too wide rather than too narrow. */
export function textWidth(text: string, size: number, bold = false): number {
  let units = 0;
  for (const c of text) units += NARROW.test(c) ? 0.34 : WIDE.test(c) ? 0.92 : CAPITAL.test(c) ? 0.68 : 0.57;
  return Math.ceil(units * size * (bold ? 1.07 : 1));
}

/** The text cut to a width, with an ellipsis in the middle: both ends of a name tell names apart. */
export function cutText(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text;
  let kept = text.length - 1;
  const cut = () => `${text.slice(0, Math.ceil(kept / 2))}…${text.slice(text.length - Math.floor(kept / 2))}`;
  while (kept > 4 && textWidth(cut(), size) > width) kept--;
  return cut();
}
