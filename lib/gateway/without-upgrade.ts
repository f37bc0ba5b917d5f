import type { IncomingMessage } from 'node:http';

/** Fields that speak of a change of protocols alone. */
const DROPPED = new Set(['upgrade', 'http2-settings']);

/**
 * The head of a request as it would be without its offer to change protocols (RFC 9110, 7.8: a server may ignore it); undefined where
 * the change is what the request is for. HTTP/2 is only ever offered (Java's client does so with every first request), and what has
 * a body is a request of its own.
 */
export function withoutUpgrade({ method, url, httpVersion, headers, rawHeaders }: IncomingMessage): Buffer | undefined {
  const protocols = (headers.upgrade ?? '').split(',').map((protocol) => protocol.trim().toLowerCase());
  const length = headers['content-length'];
  const hasBody = headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
  if (!hasBody && protocols.some((protocol) => protocol !== 'h2c')) return undefined;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name, value] = [rawHeaders[i]!, rawHeaders[i + 1]!];
    const key = name.toLowerCase();
    if (DROPPED.has(key)) continue;
    const left = key === 'connection' ? others(value) : value;
    if (left !== undefined) lines.push(`${name}: ${left}`);
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

/** What a Connection field says of others; undefined: nothing. */
function others(value: string): string | undefined {
  const options = value.split(',').filter((option) => !DROPPED.has(option.trim().toLowerCase()));
  return options.length > 0 ? options.join(',').trim() : undefined;
}
