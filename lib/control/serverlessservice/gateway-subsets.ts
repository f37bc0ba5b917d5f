import { createHash } from 'node:crypto';
import type { EndpointAddress, EndpointSubset } from '../../api';

const distance = (target: string, ip: string): string => createHash('sha256').update(`${target} ${ip}`).digest('hex');

/**
 * The addresses of `count` gateways for a revision (0: all), the same ones whenever the gateways are the same, and spread
 * evenly over revisions: those nearest to the revision's name by rendezvous hashing.
 */
export function chooseGateways(ips: readonly string[], target: string, count: number): ReadonlySet<string> {
  const all = [...new Set(ips)];
  if (count === 0 || all.length <= count) return new Set(all);
  const ranked = all.map((ip) => ({ ip, distance: distance(target, ip) })).sort((a, b) => (a.distance < b.distance ? -1 : 1));
  return new Set(ranked.slice(0, count).map(({ ip }) => ip));
}

/** Of the gateways' endpoints, those that serve one revision: as many as wanted, with the ports of its protocol. */
export function gatewaySubsets(
  gateways: readonly EndpointSubset[],
  target: string,
  count: number,
  portNames: readonly string[],
): readonly EndpointSubset[] {
  const ips = gateways.flatMap(({ addresses = [] }) => addresses.map(({ ip }) => ip));
  const chosen = chooseGateways(ips, target, count);
  const keep = (address: EndpointAddress): boolean => chosen.has(address.ip);
  return gateways
    .map(({ addresses = [], ports = [] }) => ({
      addresses: addresses.filter(keep),
      ports: ports.filter(({ name }) => portNames.includes(name ?? '')),
    }))
    .filter(({ addresses, ports }) => addresses.length > 0 && ports.length > 0);
}
