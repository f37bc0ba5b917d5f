import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { type Answer, decode, encode, RECURSION_DESIRED } from 'dns-packet';
import type { Clock } from '../../base';
import { askByTcp } from './dns-stream';

/** How long one server is given, in milliseconds. */
const PATIENCE_MS = 2000;

/** Asks the DNS servers of this machine, one after the other until one answers. */
export class DnsClient {
  constructor(
    private readonly servers: readonly string[],
    private readonly clock: Clock,
    private readonly port = 53,
  ) {}

  /** Hands a query on as it is; undefined if nobody answers. */
  async relay(query: Buffer, byTcp: boolean): Promise<Buffer | undefined> {
    for (const server of this.servers) {
      const asked = byTcp ? askByTcp(server, this.port, query, this.clock, PATIENCE_MS) : this.#askByUdp(server, query);
      const answer = await asked;
      if (answer) return answer;
    }
    return undefined;
  }

  /** The records that lead from a name to its IPv4 addresses; none if nobody answers. */
  async addresses(name: string): Promise<readonly Answer[]> {
    const query = encode({ type: 'query', id: 1, flags: RECURSION_DESIRED, questions: [{ type: 'A', name }] });
    const answer = await this.relay(query, false);
    return answer ? (decode(answer).answers ?? []) : [];
  }

  /** From a port of its own that is connected to the server: nobody else's answer can come there. */
  #askByUdp(server: string, query: Buffer): Promise<Buffer | undefined> {
    return new Promise((resolve) => {
      const socket = createSocket(isIPv6(server) ? 'udp6' : 'udp4');
      const end = (answer: Buffer | undefined) => {
        timer.cancel();
        socket.removeAllListeners();
        socket.on('error', () => {});
        socket.close();
        resolve(answer);
      };
      const timer = this.clock.after(PATIENCE_MS, () => end(undefined));
      socket.on('error', () => end(undefined));
      socket.once('message', (answer) => end(answer));
      // With a callback, connect would tell it errors too, and not the handler above.
      socket.once('connect', () => socket.send(query));
      socket.connect(this.port, server);
    });
  }
}
