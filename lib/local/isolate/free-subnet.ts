/** An IPv4 network of a pod bridge: `10.201.0.0/16` has `prefix` `10.201`. */
export interface Subnet {
  readonly prefix: string;
  /** The bridge's own address. */
  readonly bridge: string;
  /** Bits of the network. */
  readonly bits: number;
}

/** Second bytes that are tried; 96 to 111 are the addresses of Services. */
const FIRST = 201;
const LAST = 254;

/** Where a range of addresses begins and ends, as numbers. */
function rangeOf(cidr: string): readonly [number, number] | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(?:\/(\d+))?$/.exec(cidr);
  if (!match) return undefined;
  const first = match.slice(1, 5).reduce((sum, byte) => sum * 256 + Number(byte), 0);
  return [first, first + 2 ** (32 - Number(match[5] ?? 32)) - 1];
}

/**
 * The first network of 10.201.0.0/16 to 10.254.0.0/16 that nothing here is routed to; undefined if all are taken.
 * @param destinations of the routes of this machine, as `ip route` names them: `10.0.0.0/8`, `192.0.2.1`, `default`
 */
export function freeSubnet(destinations: readonly string[]): Subnet | undefined {
  const taken = destinations.flatMap((destination) => {
    const range = rangeOf(destination);
    return range ? [range] : [];
  });
  for (let second = FIRST; second <= LAST; second++) {
    const prefix = `10.${second}`;
    const [first, last] = rangeOf(`${prefix}.0.0/16`)!;
    if (taken.every(([from, to]) => to < first || from > last)) return { prefix, bridge: `${prefix}.0.1`, bits: 16 };
  }
  return undefined;
}
