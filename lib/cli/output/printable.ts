/** Colours (SGR), other control characters but newline and tab, and what turns the direction of text around. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const SPECIAL = /\x1b\[[0-9;:]*m|\r\n|[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const RESET = '\x1b[0m';

/**
 * Text of others, for a terminal. What a pod prints, or a cluster says, may come from anybody who can send a request: it must not move
 * the cursor, rewrite what stands there, set a title or pose as our own lines. Control characters are shown, not obeyed.
 *
 * @param colors keep colours, which end with the text; otherwise they are left out
 */
export function printable(text: string, colors = false): string {
  let colored = false;
  const shown = text.replace(SPECIAL, (found) => {
    if (found === '\r\n') return '\n';
    if (found.length > 1) {
      colored ||= colors;
      return colors ? found : '';
    }
    const code = found.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
  return colored ? shown + RESET : shown;
}
