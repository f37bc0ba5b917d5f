import type { PodAddress, PodNetwork } from '../pods';
import type { Subnet } from './free-subnet';
import type { IpCommand } from './ip-command';
import { podName } from './names';

/** Addresses of a /16 beyond the network's own, the bridge's and the one for broadcasts. */
const FIRST_HOST = 2;
const HOSTS = 2 ** 16 - 3;

/**
 * A network namespace for each pod: loopback, and a cable to the bridge with an address of its own, so that containers listen on
 * the ports that they declare.
 */
export class PodNamespaces implements PodNetwork {
  readonly #names = new Map<string, string>();
  readonly #leaving = new Set<Promise<void>>();
  #count = 0;

  constructor(
    private readonly ip: IpCommand,
    private readonly bridge: string,
    private readonly subnet: Subnet,
  ) {}

  /** The namespace of the pod with this address. */
  nameOf(address: string): string | undefined {
    return this.#names.get(address);
  }

  async open(): Promise<PodAddress> {
    const { ip, bridge, subnet } = this;
    const { name, address } = this.#next();
    try {
      await ip.batch([
        `netns add ${name}`,
        `link add ${name} type veth peer name eth0 netns ${name}`,
        `link set ${name} master ${bridge} up`,
      ]);
      await ip.batch(
        [
          `addr add ${address}/${subnet.bits} dev eth0`,
          'link set lo up',
          'link set eth0 up',
          `route add default via ${subnet.bridge}`,
        ],
        name,
      );
    } catch (error) {
      await this.#remove(name, address);
      throw error;
    }
    return { ip: address, ports: {} };
  }

  /** Nobody else listens in a pod's network: its address stays. */
  async renew(address: PodAddress): Promise<PodAddress> {
    return address;
  }

  release({ ip: address }: PodAddress): void {
    const name = this.#names.get(address);
    if (name === undefined) return;
    const leaving = this.#remove(name, address).finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
  }

  /** Resolves when everything that was given back is gone. */
  async settled(): Promise<void> {
    await Promise.all(this.#leaving);
  }

  /** In turn, so that an address that was just given back is not used again at once. */
  #next(): { readonly name: string; readonly address: string } {
    for (;;) {
      const number = this.#count++;
      const host = FIRST_HOST + (number % HOSTS);
      const address = `${this.subnet.prefix}.${host >> 8}.${host & 255}`;
      if (this.#names.has(address)) continue;
      const name = podName(this.bridge, number);
      this.#names.set(address, name);
      return { name, address };
    }
  }

  async #remove(name: string, address: string): Promise<void> {
    // The cable goes with the namespace, but only once no process is in it any more.
    await this.ip.run('link', 'del', name).catch(() => {});
    await this.ip.run('netns', 'del', name).catch(() => {});
    this.#names.delete(address);
  }
}
