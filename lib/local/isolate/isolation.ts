import { mkdtempSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, errorMessage, KncError, type Log } from '../../base';
import type { PodAddress, ProcessIsolation } from '../pods';
import { DnsServer } from './dns-server';
import type { NameLookup } from './dns-zone';
import { freeSubnet, type Subnet } from './free-subnet';
import { NetworkGuard } from './guard';
import { IpCommand } from './ip-command';
import { hostResolvers, NameFiles } from './name-files';
import { bridgeName } from './names';
import { PodNamespaces } from './pod-namespaces';
import { type IsolationTools, isolationTools } from './preflight';
import { sweep } from './sweep';

/** Runs in a mount namespace of its own, which `ip netns exec` makes: $1 in place of resolv.conf, $2 (if any) of nsswitch.conf, then the rest. */
const ENTER = `"$3" --bind "$1" /etc/resolv.conf && { [ -z "$2" ] || "$3" --bind "$2" /etc/nsswitch.conf; } && shift 3 && exec "$@"`;

export interface IsolationOptions {
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * A network of pods on this machine: a bridge, and on it a namespace for each pod. It begins with a bridge of its own in a free
 * private range; routes and firewall stay as they are, so pods reach each other and this machine, and nothing beyond. All of it
 * goes with this process, however that ends.
 */
export class Isolation implements ProcessIsolation {
  readonly network: PodNamespaces;
  readonly #files: NameFiles;
  readonly #added = new Set<string>();
  #dns: DnsServer | undefined;

  private constructor(
    private readonly options: IsolationOptions,
    private readonly tools: IsolationTools,
    private readonly ip: IpCommand,
    private readonly bridge: string,
    private readonly subnet: Subnet,
    directory: string,
    private readonly guard: NetworkGuard,
  ) {
    this.network = new PodNamespaces(ip, bridge, subnet);
    this.#files = new NameFiles(directory, subnet.bridge);
  }

  /** Makes the bridge, after what earlier processes have left behind is removed. @throws KncError KNC3401 if that cannot be done here */
  static async open(options: IsolationOptions): Promise<Isolation> {
    const tools = isolationTools();
    const ip = new IpCommand(tools.ip);
    const bridge = bridgeName(process.pid);
    // A process with our number that is no more may have left something too.
    await sweep(ip);
    await sweep(ip, (pid) => pid === process.pid);
    const directory = mkdtempSync(join(tmpdir(), 'knc-net-'));
    await chmod(directory, 0o755);
    const guard = new NetworkGuard(bridge, directory, tools.ip);
    try {
      const routes = JSON.parse(await ip.run('-4', '-json', 'route', 'show', 'table', 'all')) as { readonly dst?: string }[];
      const subnet = freeSubnet(routes.map(({ dst = '' }) => dst));
      if (!subnet) throw new Error('no network of 10.201.0.0/16 to 10.254.0.0/16 is free');
      await ip.batch([
        `link add ${bridge} type bridge`,
        `addr add ${subnet.bridge}/${subnet.bits} dev ${bridge}`,
        `link set ${bridge} up`,
      ]);
      return new Isolation(options, tools, ip, bridge, subnet, directory, guard);
    } catch (error) {
      await guard.close();
      throw new KncError('KNC3401', errorMessage(error), { cause: error });
    }
  }

  /** This machine's own address on the bridge. */
  get address(): string {
    return this.subnet.bridge;
  }

  /** Begins to answer questions about names. @throws KncError KNC4005 if port 53 cannot be had */
  async serveNames(lookup: NameLookup): Promise<void> {
    this.#dns = await DnsServer.listen({ ...this.options, address: this.address, lookup, resolvers: hostResolvers() });
  }

  /** Gives this machine one more address on the bridge. */
  async addAddress(address: string): Promise<void> {
    if (this.#added.has(address)) return;
    this.#added.add(address);
    await this.ip.run('addr', 'add', `${address}/32`, 'dev', this.bridge);
  }

  /** Takes one back that was given by `addAddress`. */
  async removeAddress(address: string): Promise<void> {
    if (this.#added.delete(address)) await this.ip.run('addr', 'del', `${address}/32`, 'dev', this.bridge);
  }

  enter({ ip: address }: PodAddress, namespace: string, command: readonly string[]): readonly string[] {
    const name = this.network.nameOf(address);
    if (name === undefined) throw new Error(`no pod has address ${address}`);
    const { ip, mount } = this.tools;
    return [ip, 'netns', 'exec', name, '/bin/sh', '-c', ENTER, 'knc-pod', ...this.#files.for(namespace), mount, ...command];
  }

  /** Removes all of it. Processes in it should have ended. */
  async close(): Promise<void> {
    await this.#dns?.close();
    await this.network.settled();
    await this.guard.close();
  }
}
