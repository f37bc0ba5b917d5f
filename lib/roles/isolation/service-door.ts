import net from 'node:net';
import type { Endpoints, K8sService, ServicePort } from '../../api';

/** Where a connection can go. */
export interface DoorTarget {
  readonly host: string;
  readonly port: number;
}

/** The ready endpoints behind one port of a Service. */
export function targetsOf({ port, name }: ServicePort, endpoints: Endpoints | undefined): readonly DoorTarget[] {
  return (endpoints?.subsets ?? []).flatMap(({ addresses = [], ports = [] }) => {
    const match = ports.length === 1 && !name ? ports[0] : ports.find((candidate) => (candidate.name ?? '') === (name ?? ''));
    return match ? addresses.map(({ ip }) => ({ host: ip, port: match.port ?? port })) : [];
  });
}

/** The TCP ports of a Service. */
export const tcpPorts = ({ spec }: K8sService): readonly ServicePort[] =>
  (spec.ports ?? []).filter(({ protocol = 'TCP' }) => protocol === 'TCP');

/** One Service's own address: takes connections to its ports there and hands each on to an endpoint, in turn. */
export class ServiceDoor {
  readonly #servers: net.Server[] = [];
  readonly #sockets = new Set<net.Socket>();
  #turn = 0;

  /** @param targets the endpoints of a port at this moment */
  constructor(
    private readonly address: string,
    private readonly ports: readonly ServicePort[],
    private readonly targets: (port: ServicePort) => readonly DoorTarget[],
  ) {}

  async open(): Promise<void> {
    await Promise.all(this.ports.map((port) => this.#listen(port)));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
  }

  #listen(port: ServicePort): Promise<void> {
    const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => this.#pass(client, port));
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: this.address, port: port.port, exclusive: true }, resolve);
    });
  }

  #pass(client: net.Socket, port: ServicePort): void {
    const targets = this.targets(port);
    const target = targets[this.#turn++ % Math.max(1, targets.length)];
    // As in a cluster: nobody there, no connection.
    if (!target) {
      client.resetAndDestroy();
      return;
    }
    const pod = net.connect({ ...target, allowHalfOpen: true });
    for (const [one, other] of [
      [client, pod],
      [pod, client],
    ] as const) {
      this.#sockets.add(one);
      one.setNoDelay(true);
      one.on('error', () => other.destroy());
      one.on('close', (failed) => {
        this.#sockets.delete(one);
        if (failed) other.destroy();
      });
      one.pipe(other);
    }
  }
}
