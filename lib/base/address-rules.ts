import { BlockList, isIP } from 'node:net';

/** Addresses at which nobody else is to be reached: those of this machine, of its network alone, and of the services that clouds put there. */
const forbidden = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['192.0.0.192', 32],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  forbidden.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 128],
  ['::1', 128],
  ['fe80::', 10],
  ['fd00:ec2::', 32],
  ['fd20:ce::254', 128],
  ['ff00::', 8],
] as const) {
  forbidden.addSubnet(network, prefix, 'ipv6');
}

/** An IPv4 address within an IPv6 one (mapped, translated, NAT64, 6to4, or written out as compatible). */
const EMBEDDED = [
  { prefix: '::ffff:0:0', bits: 96, at: 12 },
  { prefix: '::ffff:0:0:0', bits: 96, at: 12 },
  { prefix: '64:ff9b::', bits: 96, at: 12 },
  { prefix: '64:ff9b:1::', bits: 48, at: 12 },
  { prefix: '2002::', bits: 16, at: 2 },
  { prefix: '::', bits: 96, at: 12 },
].map(({ prefix, bits, at }) => {
  const list = new BlockList();
  list.addSubnet(prefix, bits, 'ipv6');
  return { list, at };
});

/** What addresses may be dialled for somebody who is not trusted: sinks, registries. */
export interface AddressRules {
  /** Addresses and ports that are allowed though they are forbidden by themselves: `127.0.0.1:8080`. */
  readonly allowed?: readonly string[];
  /** Addresses that are forbidden beside the usual ones, such as the API server's: `10.96.0.1:443`. */
  readonly denied?: readonly string[];
}

/** What rules say of an address: named among the denied ones, or `reserved` by its kind. Undefined: it may be dialled. */
export type AddressVerdict = 'denied' | 'reserved' | undefined;

export function addressVerdict(address: string, port: number, { allowed = [], denied = [] }: AddressRules): AddressVerdict {
  const six = isIP(address) === 6;
  const plain = six ? bytesOf(address) : undefined;
  const endpoint = endpointText(address, port);
  const inner = plain && embedded(address, plain);
  const same = (other: string) =>
    other === endpoint || other === `${inner}:${port}` || (plain !== undefined && isAt(other, plain, port));
  if (denied.some(same)) return 'denied';
  if (allowed.some(same)) return undefined;
  const blocked =
    forbidden.check(withoutZone(address), six ? 'ipv6' : 'ipv4') || (inner !== undefined && forbidden.check(inner, 'ipv4'));
  return blocked ? 'reserved' : undefined;
}

/** `ADDRESS:PORT`, an IPv6 address in brackets. */
export const endpointText = (address: string, port: number): string =>
  isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;

const withoutZone = (address: string): string => address.split('%')[0]!;

function embedded(address: string, bytes: Buffer): string | undefined {
  const found = EMBEDDED.find(({ list }) => list.check(withoutZone(address), 'ipv6'));
  return found && [...bytes.subarray(found.at, found.at + 4)].join('.');
}

/** Whether `[ADDRESS]:PORT` is this IPv6 address, however it is written. */
function isAt(endpoint: string, bytes: Buffer, port: number): boolean {
  const [, address = '', at] = /^\[(.+)\]:(\d+)$/.exec(endpoint) ?? [];
  return at === String(port) && isIP(address) === 6 && bytesOf(address).equals(bytes);
}

/** The 16 bytes of an IPv6 address. */
function bytesOf(address: string): Buffer {
  // A URL writes every IPv6 address in one way: hexadecimal, with one `::` at most.
  const text = new URL(`http://[${withoutZone(address)}]`).hostname.slice(1, -1);
  const [head = '', tail] = text.split('::');
  const words = (part: string) => (part === '' ? [] : part.split(':'));
  const left = words(head);
  const right = words(tail ?? '');
  const middle = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill('0');
  const bytes = Buffer.alloc(16);
  for (const [i, word] of [...left, ...middle, ...right].entries()) bytes.writeUInt16BE(Number.parseInt(word, 16), i * 2);
  return bytes;
}
