/** The cells of a printed table, row by row: columns are where the headings begin. */
export function cells(text: string): string[][] {
  const [heading = '', ...lines] = text.trimEnd().split('\n');
  const starts = [...heading.matchAll(/(?<=^|\s{2,})\S/g)].map(({ index }) => index);
  return [heading, ...lines].map((line) => starts.map((start, i) => line.slice(start, starts[i + 1]).trim()));
}

/** The rows of a printed table as objects by heading. */
export function rows(text: string): Record<string, string>[] {
  const [headings = [], ...lines] = cells(text);
  return lines.map((line) => Object.fromEntries(headings.map((heading, i) => [heading, line[i] ?? ''])));
}

/** Text with what differs from run to run written as a word: ages, addresses, uids, times, suffixes. */
export function stable(text: string): string {
  return text
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'UID')
    .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME')
    .replace(/\b127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replace(/(-deployment)-[a-z0-9]{8,10}-[a-z0-9]{5}\b/g, '$1-HASH-POD')
    .replace(/(-deployment)-[a-z0-9]{8,10}\b/g, '$1-HASH');
}
