import type { RawHeaders } from './message';

/** The value of a header, or undefined; of several, the first. `name` in lower case. */
export function headerValue(headers: RawHeaders, name: string): string | undefined {
  for (let i = 0; i < headers.length; i += 2) {
    const key = headers[i]!;
    if (key.length === name.length && key.toLowerCase() === name) return headers[i + 1];
  }
  return undefined;
}

/** What all fields of a name say, as the one list that they are (RFC 9110, 5.3): undefined if nothing. `name` in lower case. */
export function headerList(headers: RawHeaders, name: string): string | undefined {
  let list: string | undefined;
  for (let i = 0; i < headers.length; i += 2) {
    const key = headers[i]!;
    if (key.length !== name.length || headers[i + 1] === '' || key.toLowerCase() !== name) continue;
    list = list === undefined ? headers[i + 1]! : `${list}, ${headers[i + 1]}`;
  }
  return list;
}

/** The last element of such a list: what the nearest of those who added to it says. Undefined if that is nothing. */
export function lastOfHeaderList(headers: RawHeaders, name: string): string | undefined {
  const list = headerList(headers, name);
  return list?.slice(list.lastIndexOf(',') + 1).trim() || undefined;
}

/** How often a header stands in the list. `name` in lower case. */
export function headerCount(headers: RawHeaders, name: string): number {
  let count = 0;
  for (let i = 0; i < headers.length; i += 2) {
    const key = headers[i]!;
    if (key.length === name.length && key.toLowerCase() === name) count++;
  }
  return count;
}

/** Fields that speak of one connection and never travel on (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** True for a hop-by-hop field; `name` in lower case. */
export function isHopByHop(name: string): boolean {
  return HOP_BY_HOP.has(name);
}

/** The fields that a Connection header names beside the usual ones, in lower case; undefined if there are none. */
export function connectionOptions(headers: RawHeaders): Set<string> | undefined {
  let named: Set<string> | undefined;
  for (let i = 0; i < headers.length; i += 2) {
    const key = headers[i]!;
    if (key.length !== 10 || key.toLowerCase() !== 'connection') continue;
    for (const token of headers[i + 1]!.toLowerCase().split(',')) {
      const option = token.trim();
      if (option === '' || option === 'close' || HOP_BY_HOP.has(option)) continue;
      named ??= new Set();
      named.add(option);
    }
  }
  return named;
}

/** A copy without hop-by-hop fields: what may be sent on of a response. The announcement of trailers stays: they travel too. */
export function endToEnd(headers: RawHeaders): string[] {
  const named = connectionOptions(headers);
  const out: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const key = headers[i]!.toLowerCase();
    if ((HOP_BY_HOP.has(key) && key !== 'trailer') || named?.has(key)) continue;
    out.push(headers[i]!, headers[i + 1]!);
  }
  return out;
}

const INTERNAL_PREFIXES = ['k-', 'kn-', 'knative-serving-'];

/** True for fields that only the platform may set; `name` in lower case. */
export function isInternalHeader(name: string): boolean {
  return name.charCodeAt(0) === 0x6b && INTERNAL_PREFIXES.some((prefix) => name.startsWith(prefix));
}

/** `host` without port and final dot, in lower case: how hosts are compared. */
export function normalizeHost(host: string): string {
  let end = host.length;
  if (host.startsWith('[')) {
    const close = host.indexOf(']');
    if (close > 0) end = close + 1;
  } else {
    const colon = host.indexOf(':');
    if (colon >= 0) end = colon;
  }
  if (end > 1 && host.charCodeAt(end - 1) === 0x2e) end--;
  return host.slice(0, end).toLowerCase();
}
