import { isIPv6 } from 'node:net';
import { connectionOptions, headerList, isHopByHop, isInternalHeader, lastOfHeaderList } from './headers';
import type { Inbound, RawHeaders } from './message';
import { REVISION_HEADERS } from './named-revision';
import { TICKET_HEADER } from './ownership/place-messages';

/** What the way of a request changes in its headers. */
export interface HeaderRules {
  /** The Host that the backend sees. */
  readonly host: string;
  /** What the client asked for, if the backend sees another host. */
  readonly originalHost: string | undefined;
  /** Fields set on the request, in place of the client's own. */
  readonly setHeaders: RawHeaders;
  readonly setNames: ReadonlySet<string>;
  /** Leave out what routes set for activators, not for pods: the fields that name the revision, and the host that was asked for. */
  readonly toRevision: boolean;
}

const TICKET = TICKET_HEADER.toLowerCase();
const ORIGINAL_HOST = 'K-Original-Host';
/** What routes set and a pod does not get: it sees the host that was asked for as its Host. */
const ORIGINAL_HOST_NAME = ORIGINAL_HOST.toLowerCase();
const NOT_FOR_PODS = new Set([...REVISION_HEADERS, ORIGINAL_HOST_NAME]);

/**
 * The headers of a request as a backend gets them: end-to-end fields in their order, forwarding fields rewritten unless the
 * peer is trusted, internal fields of a public client left out (a proxy passes on what its clients say), and whoever sends them the fields that name a revision, then what the
 * route sets.
 */
export function forwardedHeaders(inbound: Inbound, rules: HeaderRules): string[] {
  const { headers, peer } = inbound;
  const named = connectionOptions(headers);
  const stripInternal = inbound.visibility === 'external';
  const toPodOfOuter = rules.toRevision && peer.outer === true;
  const out: string[] = ['Host', rules.host];
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!.toLowerCase();
    if (dropped(name, peer.trusted) || named?.has(name) || rules.setNames.has(name)) {
      if (name !== 'te' || headers[i + 1] !== 'trailers') continue;
    }
    if (stripInternal && isInternalHeader(name)) continue;
    if (REVISION_HEADERS.has(name) || (toPodOfOuter && name === ORIGINAL_HOST_NAME)) continue;
    out.push(headers[i]!, headers[i + 1]!);
  }
  addForwarding(out, inbound);
  for (let i = 0; i < rules.setHeaders.length; i += 2) {
    const name = rules.setHeaders[i]!;
    if (rules.toRevision && NOT_FOR_PODS.has(name.toLowerCase())) continue;
    out.push(name, rules.setHeaders[i + 1]!);
  }
  if (rules.originalHost !== undefined && !rules.setNames.has('k-original-host')) out.push(ORIGINAL_HOST, rules.originalHost);
  return out;
}

/** The headers of a request that comes from another gateway, which has made them what a pod gets; without the ticket that it brought. */
export function passedOnHeaders({ host, headers }: Inbound): string[] {
  const named = connectionOptions(headers);
  const out: string[] = ['Host', host];
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!.toLowerCase();
    const travels = name === 'te' ? headers[i + 1] === 'trailers' : !isHopByHop(name) && !named?.has(name);
    if (travels && name !== 'host' && name !== 'expect' && name !== TICKET) out.push(headers[i]!, headers[i + 1]!);
  }
  return out;
}

/** What a trusted peer says of it is read, and said anew. */
const FORWARDING = new Set(['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host']);

function dropped(name: string, trusted: boolean): boolean {
  switch (name.charCodeAt(0)) {
    case 0x65: // e
      return name === 'expect';
    case 0x66: // f
      return name === 'forwarded';
    case 0x68: // h
      return name === 'host';
    case 0x78: // x
      return name.startsWith('x-forwarded-') && (!trusted || FORWARDING.has(name));
    default:
      return isHopByHop(name);
  }
}

/** A trusted peer may pass on what its client says and add a field of its own: the last element is its word. */
function addForwarding(out: string[], { headers, host, peer, scheme = 'http' }: Inbound): void {
  const { address, trusted } = peer;
  const before = trusted ? headerList(headers, 'x-forwarded-for') : undefined;
  const proto = (trusted ? lastOfHeaderList(headers, 'x-forwarded-proto') : undefined) ?? scheme;
  const asked = (trusted ? lastOfHeaderList(headers, 'x-forwarded-host') : undefined) ?? host;
  out.push('X-Forwarded-For', before ? `${before}, ${address}` : address);
  out.push('X-Forwarded-Proto', proto, 'X-Forwarded-Host', asked);
  const told = trusted && !before ? headerList(headers, 'forwarded') : undefined;
  out.push(
    'Forwarded',
    told ? `${told}, for=${node(address)}` : hops(before, address, `host=${quoted(asked)};proto=${quoted(proto)}`),
  );
}

/** What X-Forwarded-For says, as RFC 7239 writes it. */
function hops(before: string | undefined, address: string, asked: string): string {
  const addresses = before ? before.split(',').map((hop) => hop.trim()) : [];
  const [client, ...proxies] = [...addresses.filter((hop) => hop !== ''), address].map((hop) => `for=${node(hop)}`);
  return [`${client};${asked}`, ...proxies].join(', ');
}

/** An address, with or without a port, as RFC 7239 writes it. */
function node(address: string): string {
  return address.includes(':') && isIPv6(address) ? `"[${address}]"` : quoted(address);
}

function quoted(value: string): string {
  return /^[\w.!#$%&'*+^`|~-]+$/.test(value) ? value : `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
}
