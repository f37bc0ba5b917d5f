import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import net from 'node:net';
import { type DecodedPacket, decode, encode, type Packet, TRUNCATED_RESPONSE } from 'dns-packet';
import { type Clock, errorMessage, KncError, type Log } from '../../base';
import { DnsClient } from './dns-client';
import { onMessages, sendMessage } from './dns-stream';
import { DnsZone, type NameLookup } from './dns-zone';

export interface DnsServerOptions {
  readonly address: string;
  /** 0 for any free one. @default 53 */
  readonly port?: number;
  readonly lookup: NameLookup;
  /** Servers that are asked for all other names. */
  readonly resolvers: readonly string[];
  /** @default 53 */
  readonly resolverPort?: number;
  readonly clock: Clock;
  readonly log: Log;
}

const SERVFAIL = 2;
/** What a message may have by UDP unless the client says that it takes more, in bytes. */
const PLAIN_UDP_SIZE = 512;
const IDLE_MS = 10_000;

/** The DNS server of pods, by UDP and TCP: it knows the names of the cluster, and asks this machine's own servers for others. */
export class DnsServer {
  readonly #zone: DnsZone;
  readonly #client: DnsClient;
  readonly #udp: UdpSocket = createSocket('udp4');
  readonly #tcp: net.Server;
  readonly #connections = new Set<net.Socket>();

  private constructor(private readonly options: DnsServerOptions) {
    this.#client = new DnsClient(options.resolvers, options.clock, options.resolverPort);
    this.#zone = new DnsZone(options.lookup, (name) => this.#client.addresses(name));
    this.#udp.on('message', (message, { address, port }) => {
      void this.#answer(message, false).then((answer) => answer && this.#udp.send(answer, port, address, () => {}));
    });
    this.#tcp = net.createServer((socket) => this.#serve(socket));
  }

  /** @throws KncError KNC4005 if the port cannot be had. */
  static async listen(options: DnsServerOptions): Promise<DnsServer> {
    const server = new DnsServer(options);
    try {
      await server.#listen();
    } catch (error) {
      await server.close();
      const where = `${options.address}:${options.port ?? 53}`;
      throw new KncError('KNC4005', `DNS for pods cannot listen on ${where}: ${errorMessage(error)}`, { cause: error });
    }
    return server;
  }

  get port(): number {
    return this.#udp.address().port;
  }

  async close(): Promise<void> {
    for (const socket of this.#connections) socket.destroy();
    await Promise.all([
      new Promise<void>((resolve) => this.#tcp.close(() => resolve())),
      new Promise<void>((resolve) => this.#udp.close(() => resolve())),
    ]).catch(() => {});
  }

  async #listen(): Promise<void> {
    const { address, port = 53 } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.#udp.once('error', reject);
      this.#udp.bind({ address, port, exclusive: true }, resolve);
    });
    await new Promise<void>((resolve, reject) => {
      this.#tcp.once('error', reject);
      this.#tcp.listen({ host: address, port: this.port, exclusive: true }, resolve);
    });
    this.#udp.on('error', (error) => this.options.log.warn('DNS of pods', { error: error.message }));
  }

  #serve(socket: net.Socket): void {
    this.#connections.add(socket);
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    socket.on('error', () => {});
    socket.on('close', () => this.#connections.delete(socket));
    onMessages(socket, (message) => {
      void this.#answer(message, true).then((answer) => answer && !socket.destroyed && sendMessage(socket, answer));
    });
  }

  /** The answer to one message; undefined where there is nothing to say, because it is no query or nobody knows. */
  async #answer(message: Buffer, byTcp: boolean): Promise<Buffer | undefined> {
    let query: DecodedPacket;
    try {
      query = decode(message);
    } catch {
      return undefined;
    }
    if (query.type !== 'query') return undefined;
    try {
      const ours = await this.#zone.answer(query);
      if (ours) return fitting(ours, byTcp ? 0xffff : udpSize(query));
      const relayed = await this.#client.relay(message, byTcp);
      if (relayed) return relayed;
    } catch (error) {
      this.options.log.warn('DNS of pods', { name: query.questions?.[0]?.name, error: errorMessage(error) });
    }
    return encode({ type: 'response', id: query.id ?? 0, flags: SERVFAIL, questions: query.questions ?? [] });
  }
}

/** How long a message by UDP the client takes. */
function udpSize({ additionals = [] }: Packet): number {
  const options = additionals.find(({ type }) => type === 'OPT') as { udpPayloadSize?: number } | undefined;
  return Math.max(PLAIN_UDP_SIZE, options?.udpPayloadSize ?? 0);
}

/** The message, or if it is too long, one without records that says so: the client then asks by TCP. */
function fitting(packet: Packet, size: number): Buffer {
  const message = encode(packet);
  if (message.length <= size) return message;
  return encode({ ...packet, flags: (packet.flags ?? 0) | TRUNCATED_RESPONSE, answers: [], authorities: [] });
}
