import type { K8sService } from '../../../api';
import { type Random, randomInt } from '../../../base';

const BASE = (10 << 24) | (96 << 16);
/** Addresses of 10.96.0.0/12, without the first (the network's) and the last (for broadcasts). */
const COUNT = 2 ** 20 - 2;

const text = (offset: number): string => {
  const address = BASE + offset;
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
};

/** The address that a Service has for itself: not that of a headless one. */
export function ownClusterIp(service: K8sService | undefined): string | undefined {
  const ip = service?.spec?.clusterIP;
  return ip && ip !== 'None' ? ip : undefined;
}

/** Which service addresses are taken. */
export class ClusterIps {
  readonly #taken = new Set<string>();

  constructor(private readonly random: Random) {}

  /** Keeps the book for one write of a Service. */
  follow(previous: K8sService | undefined, next: K8sService | undefined): void {
    const before = ownClusterIp(previous);
    const after = ownClusterIp(next);
    if (before === after) return;
    if (before) this.#taken.delete(before);
    if (after) this.#taken.add(after);
  }

  isTaken(ip: string): boolean {
    return this.#taken.has(ip);
  }

  /** An address that no service has. It is taken once a service is stored with it. */
  pick(): string {
    let offset = randomInt(this.random, COUNT);
    while (this.#taken.has(text(offset + 1))) offset = (offset + 1) % COUNT;
    return text(offset + 1);
  }
}
