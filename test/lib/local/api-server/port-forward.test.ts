import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { PodType } from '../../../../lib/api';
import { spdyDictionary } from '../../../../lib/local/api-server/port-forward/spdy-dictionary';
import { SpdyHeaderCodec } from '../../../../lib/local/api-server/port-forward/spdy-headers';
import { makePod } from '../pods/support';
import { TestServer, TOKEN } from './support';

let server: TestServer;
let backend: Server;
const connections: Socket[] = [];
beforeAll(async () => {
  server = await TestServer.start({ pods: { logs: () => undefined, exec: async () => undefined } });
  // Says back what it is told, once it has been told everything.
  backend = createServer({ allowHalfOpen: true }, (socket) => {
    connections.push(socket);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => socket.end(Buffer.concat(chunks)));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
  const pod = await server.cluster.create(PodType, makePod([{ name: 'app', image: 'app' }]));
  await server.cluster.updateStatus(PodType, { ...pod, status: { phase: 'Running', podIP: '127.0.0.1' } });
});
afterAll(async () => {
  await server.close();
  backend.close();
});

const port = (): string => String((backend.address() as AddressInfo).port);

/** The client's side of SPDY over a WebSocket, as kubectl has it. */
class Client {
  static async connect(): Promise<Client> {
    const url = `${server.url.replace('https', 'wss')}/api/v1/namespaces/default/pods/p/portforward`;
    const socket = new WebSocket(url, {
      ca: server.certificate,
      headers: { authorization: `Bearer ${TOKEN}`, 'sec-websocket-protocol': 'SPDY/3.1+portforward.k8s.io' },
    });
    const answered = new Promise<string | string[] | undefined>((resolve, reject) => {
      socket.once('upgrade', ({ headers }) => {
        resolve(headers['sec-websocket-protocol']);
        // The library knows of no protocol with a slash in its name.
        delete headers['sec-websocket-protocol'];
      });
      socket.once('error', reject);
    });
    const opened = new Promise((resolve) => socket.once('open', resolve));
    expect(await answered).toBe('SPDY/3.1+portforward.k8s.io');
    await opened;
    return new Client(socket);
  }

  readonly codec = new SpdyHeaderCodec();
  readonly received = new Map<number, Buffer[]>();
  readonly ended = new Set<number>();
  readonly replies: number[] = [];
  readonly pings: number[] = [];
  #heard: () => void = () => {};

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.#take(data);
      this.#heard();
    });
  }

  async until(wanted: () => boolean): Promise<void> {
    while (!wanted()) await new Promise<void>((resolve) => (this.#heard = resolve));
  }

  async open(id: number, headers: Record<string, string>, fin = false): Promise<void> {
    const head = Buffer.alloc(10);
    head.writeUInt32BE(id);
    this.control(1, Buffer.concat([head, await this.codec.encode(headers)]), fin ? 1 : 0);
  }

  control(type: number, content: Buffer, flags = 0): void {
    const head = Buffer.from([0x80, 3, 0, type, flags, 0, 0, 0]);
    head.writeUIntBE(content.length, 5, 3);
    this.socket.send(Buffer.concat([head, content]));
  }

  /** Sends data in two messages, cut where it hurts. */
  data(id: number, text: string, fin: boolean): void {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(id);
    head[4] = fin ? 1 : 0;
    head.writeUIntBE(text.length, 5, 3);
    const frame = Buffer.concat([head, Buffer.from(text)]);
    this.socket.send(frame.subarray(0, 5));
    this.socket.send(frame.subarray(5));
  }

  text(id: number): string {
    return Buffer.concat(this.received.get(id) ?? []).toString();
  }

  #take(frame: Buffer): void {
    if (frame[0]! & 0x80) {
      if (frame.readUInt16BE(2) === 2) this.replies.push(frame.readUInt32BE(8));
      if (frame.readUInt16BE(2) === 6) this.pings.push(frame.readUInt32BE(8));
      return;
    }
    const id = frame.readUInt32BE(0);
    this.received.set(id, [...(this.received.get(id) ?? []), frame.subarray(8)]);
    if (frame[4]! & 1) this.ended.add(id);
  }
}

test("the dictionary is SPDY's own", () => {
  let [a, b] = [1, 0];
  for (const byte of spdyDictionary()) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  expect(((b << 16) | a) >>> 0).toBe(0xe3c6a7c2);
});

test('several connections go over one, each to its end', async () => {
  const client = await Client.connect();
  for (const [request, id] of [0, 4].entries()) {
    await client.open(id + 1, { streamtype: 'error', port: port(), requestid: String(request) }, true);
    await client.open(id + 3, { streamtype: 'data', port: port(), requestid: String(request) });
  }
  client.data(7, 'second', true);
  client.data(3, 'first', false);
  await client.until(() => client.ended.has(7));
  client.data(3, ' and last', true);
  await client.until(() => [1, 3, 5, 7].every((id) => client.ended.has(id)));
  expect([client.text(3), client.text(7), client.text(1), client.text(5)]).toEqual(['first and last', 'second', '', '']);
  expect(client.replies).toEqual([1, 3, 5, 7]);
  client.socket.close();
});

test('a port where nobody listens is told on the error stream', async () => {
  const client = await Client.connect();
  await client.open(1, { streamtype: 'error', port: '1', requestid: '0' }, true);
  await client.open(3, { streamtype: 'data', port: '1', requestid: '0' });
  await client.until(() => client.ended.has(1) && client.ended.has(3));
  expect(client.text(1)).toMatch(/^error forwarding port 1 to pod p, uid .*ECONNREFUSED/);
  client.socket.close();
});

test('a ping is answered, and connections end with their client', async () => {
  const client = await Client.connect();
  client.control(6, Buffer.from([0, 0, 0, 5]));
  await client.until(() => client.pings.length > 0);
  expect(client.pings).toEqual([5]);
  const before = connections.length;
  await client.open(3, { streamtype: 'data', port: port(), requestid: '0' });
  client.data(3, 'x', false);
  while (connections.length === before) await new Promise((resolve) => backend.once('connection', resolve));
  const ended = new Promise((resolve) => connections.at(-1)!.once('close', resolve));
  client.socket.terminate();
  await ended;
});

test.each([
  ['a frame without end', Buffer.from([0x80, 3, 0, 1, 0, 0xff, 0xff, 0xff])],
  ['headers that are none', Buffer.from([0x80, 3, 0, 1, 0, 0, 0, 12, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 2])],
])('%s ends the connection', async (_what, bytes) => {
  const client = await Client.connect();
  const closed = new Promise((resolve) => client.socket.once('close', resolve));
  client.socket.send(bytes);
  await closed;
});
