import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { CountingExecutor, VirtualClock } from '../../../../lib/base';
import { Cancellation } from '../../../../lib/gateway/cancellation';
import { UndiciTransport } from '../../../../lib/gateway/transport';
import { FreshConnections } from '../../../../lib/gateway/transport/fresh-connections';

const listening = <T extends Server>(server: T): Promise<T> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

describe('connections on which a pod was found to listen', () => {
  const clock = new VirtualClock(new CountingExecutor(() => {}));
  let server: Server;
  const accepted: Socket[] = [];

  beforeAll(async () => {
    server = await listening(createServer((socket) => accepted.push(socket.on('error', () => {}))));
  });
  afterAll(() => {
    for (const socket of accepted) socket.destroy();
    server.close();
  });

  const opened = (): Promise<Socket> =>
    new Promise((resolve) => {
      const socket = connect(portOf(server), '127.0.0.1', () => resolve(socket));
    });

  it('are taken once', async () => {
    const fresh = new FreshConnections(clock);
    const socket = await opened();
    fresh.put('pod', socket);
    expect(fresh.take('pod')).toBe(socket);
    expect(fresh.take('pod')).toBeUndefined();
    socket.destroy();
  });

  it('are reset when no request comes for them', async () => {
    const fresh = new FreshConnections(clock);
    const socket = await opened();
    fresh.put('pod', socket);
    await clock.advance(99);
    expect(socket.destroyed).toBe(false);
    await clock.advance(1);
    expect(socket.destroyed).toBe(true);
    expect(fresh.take('pod')).toBeUndefined();
  });

  it('are replaced by a newer one, which stays when the older is closed', async () => {
    const fresh = new FreshConnections(clock);
    const [older, newer] = [await opened(), await opened()];
    fresh.put('pod', older);
    fresh.put('pod', newer);
    await new Promise((resolve) => older.once('close', resolve));
    expect(fresh.take('pod')).toBe(newer);
    newer.destroy();
  });

  it('are forgotten when the pod closes them', async () => {
    const fresh = new FreshConnections(clock);
    const socket = await opened();
    fresh.put('pod', socket);
    socket.destroy();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(fresh.take('pod')).toBeUndefined();
  });
});

describe('the first request to a pod after a probe', () => {
  it('goes out on the connection of the probe', async () => {
    const clock = new VirtualClock(new CountingExecutor(() => {}));
    let connections = 0;
    const server = await listening(http.createServer((_request, response) => response.end('hello')));
    server.on('connection', () => connections++);
    const transport = new UndiciTransport(clock);
    const target = { host: '127.0.0.1', port: portOf(server), protocol: 'http1' } as const;
    expect(await transport.probe(target, { kind: 'tcp' }, 1000)).toBe(true);
    const request = { method: 'GET', target: '/', headers: ['Host', 'pod'], body: null };
    const answer = await transport.send(target, request, new Cancellation());
    expect(Buffer.from(answer.body as Uint8Array).toString()).toBe('hello');
    expect(connections).toBe(1);
    await transport.close();
    server.close();
  });
});
