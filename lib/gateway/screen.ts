import type { RawHeaders } from './message';

/**
 * Why a request's framing is refused, or undefined. Two readings of where a message ends or whom it is for are how requests
 * are smuggled (RFC 9112, 3.2 and 6.1): nothing ambiguous goes on, whatever a parser let pass.
 */
export function framingFault(headers: RawHeaders): string | undefined {
  let hosts = 0;
  let length: string | undefined;
  let encoding: string | undefined;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    switch (name.length) {
      case 4:
        if (name.toLowerCase() === 'host') hosts++;
        break;
      case 14:
        if (name.toLowerCase() !== 'content-length') break;
        if (length !== undefined) return 'more than one Content-Length';
        length = headers[i + 1]!;
        break;
      case 17:
        if (name.toLowerCase() !== 'transfer-encoding') break;
        if (encoding !== undefined) return 'more than one Transfer-Encoding';
        encoding = headers[i + 1]!;
        break;
    }
  }
  if (hosts > 1) return 'more than one Host';
  if (length !== undefined && !/^\d+$/.test(length)) return 'Content-Length is not a number';
  if (encoding === undefined) return undefined;
  if (length !== undefined) return 'both Transfer-Encoding and Content-Length';
  return encoding.toLowerCase() === 'chunked' ? undefined : 'a Transfer-Encoding other than chunked';
}
