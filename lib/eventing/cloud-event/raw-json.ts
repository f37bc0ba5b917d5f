/**
 * Parts of a JSON text as they are written, for data that has to arrive as it was sent: numbers of more digits than JavaScript
 * keeps, spaces, keys that stand there twice. The text must be one that JSON.parse takes.
 */

/** The value of a member of an object; of several with the same name the last, as JSON.parse has it. */
export function rawMember(text: string, name: string): string | undefined {
  let found: string | undefined;
  let at = skipSpace(text, text.indexOf('{') + 1);
  while (text[at] !== '}') {
    const afterKey = endOfString(text, at);
    const start = skipSpace(text, skipSpace(text, afterKey) + 1); // beyond the colon
    const end = endOfValue(text, start);
    if (JSON.parse(text.slice(at, afterKey)) === name) found = text.slice(start, end);
    at = afterComma(text, end);
  }
  return found;
}

/** The elements of an array. */
export function rawElements(text: string): string[] {
  const elements: string[] = [];
  let at = skipSpace(text, text.indexOf('[') + 1);
  while (text[at] !== ']') {
    const end = endOfValue(text, at);
    elements.push(text.slice(at, end));
    at = afterComma(text, end);
  }
  return elements;
}

function skipSpace(text: string, at: number): number {
  let i = at;
  while (text.charCodeAt(i) <= 32) i++;
  return i;
}

function afterComma(text: string, end: number): number {
  const at = skipSpace(text, end);
  return text[at] === ',' ? skipSpace(text, at + 1) : at;
}

/** @param at where the string's first quote is */
function endOfString(text: string, at: number): number {
  for (let quote = text.indexOf('"', at + 1); ; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
}

function endOfValue(text: string, at: number): number {
  if (text[at] === '"') return endOfString(text, at);
  if (text[at] !== '{' && text[at] !== '[') {
    const end = /[\s,\]}]|$/g;
    end.lastIndex = at;
    return end.exec(text)!.index;
  }
  const mark = /["{}[\]]/g;
  mark.lastIndex = at;
  for (let depth = 0; ; ) {
    const { 0: found, index } = mark.exec(text)!;
    if (found === '"') mark.lastIndex = endOfString(text, index);
    else if (found === '{' || found === '[') depth++;
    else if (--depth === 0) return index + 1;
  }
}
