import { BlockList, isIP } from 'node:net';

interface Range {
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  /** How many bits addresses have in common. */
  readonly bits: number;
}

function parseRange(text: string): Range | undefined {
  const [address = '', prefix, ...more] = text.split('/');
  const six = isIP(address) === 6;
  const most = six ? 128 : 32;
  const bits = prefix === undefined ? most : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (isIP(address) === 0 || address.includes('%') || more.length > 0 || !(bits <= most)) return undefined;
  return { address, family: six ? 'ipv6' : 'ipv4', bits };
}

/** Whether a text is a range of addresses, as `10.0.0.0/8` or `2001:db8::/32`, or one address. */
export const isAddressRange = (text: unknown): text is string => typeof text === 'string' && parseRange(text) !== undefined;

/** Tells whether an address is in one of these ranges. Throws a RangeError for a text that is none. */
export function inAddressRanges(texts: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const text of texts) {
    const range = parseRange(text);
    if (!range) throw new RangeError(`no range of addresses: ${text}`);
    list.addSubnet(range.address, range.bits, range.family);
  }
  return (address) => {
    const version = isIP(address);
    return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4');
  };
}
