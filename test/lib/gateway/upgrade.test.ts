import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { Inbound, Stat } from '../../../lib/gateway';
import { HOST, SocketWorld } from './sockets';

let at: SocketWorld;
afterEach(() => at.stop());

/** A pod that speaks WebSocket and answers everything else with 426. */
function socketPod(onConnection: (socket: WebSocket, request: IncomingMessage) => void) {
  const sockets = new WebSocketServer({ noServer: true });
  at.closers.push(() => {
    for (const client of sockets.clients) client.terminate();
  });
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url === '/refused') {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nX-Refused: yes\r\n\r\nno');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => onConnection(ws, request));
  };
  const refuse = (_req: IncomingMessage, res: ServerResponse) => res.writeHead(426, { 'X-Refused': 'yes' }).end();
  return at.pod(refuse, true, (server) => server.on('upgrade', onUpgrade));
}

function dial(path = '/', headers: Record<string, string> = {}): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${at.port}${path}`, 'chat', { headers: { host: HOST, ...headers } });
  socket.on('error', () => {});
  at.closers.push(() => socket.terminate());
  return socket;
}

describe('a WebSocket', () => {
  test('goes through in both directions, with its subprotocol and the headers of the route', async () => {
    at = await new SocketWorld().start();
    await socketPod((ws, { url, headers }) => {
      ws.on('message', (data) => ws.send(`${url} ${headers['x-forwarded-for']} ${headers['k-private']} ${data}`));
    });
    const socket = dial('/room?x=1', { 'K-Private': 'secret' });
    await once(socket, 'open');
    expect(socket.protocol).toBe('chat');
    socket.send('hello');
    expect(String((await once(socket, 'message'))[0])).toBe('/room?x=1 127.0.0.1 undefined hello');
  });

  test('carries large messages whole', async () => {
    at = await new SocketWorld().start();
    await socketPod((ws) => void ws.on('message', (data) => ws.send(data)));
    const socket = dial();
    await once(socket, 'open');
    const big = Buffer.alloc(5 * 1024 * 1024, 'x');
    socket.send(big);
    const [back] = (await once(socket, 'message')) as [Buffer];
    expect(back.equals(big)).toBe(true);
  });

  test('wakes a revision at zero', async () => {
    at = await new SocketWorld().start();
    const socket = dial();
    for (let i = 0; i < 500 && (await at.world.replicas('r')) !== 1; i++) await at.world.clock.sleep(10);
    expect(await at.world.replicas('r')).toBe(1);
    await socketPod((ws) => ws.send('awake'));
    expect(String((await once(socket, 'message'))[0])).toBe('awake');
  });

  test('holds its place in the pod and counts as a request for as long as it lasts', async () => {
    at = await new SocketWorld().start({ containerConcurrency: 1 });
    const stats: Stat[] = [];
    at.world.gateway.onStats((batch) => stats.push(...batch));
    await socketPod(() => {});
    const socket = dial();
    await once(socket, 'open');
    let answered = false;
    const second = at.send().then(({ status }) => {
      answered = true;
      return status;
    });
    await at.world.clock.sleep(100);
    expect([answered, stats[0]?.averageConcurrency]).toEqual([false, 1]);
    socket.close();
    expect(await second).toBe(426);
  });

  test('closes on one side when it closes on the other', async () => {
    at = await new SocketWorld().start();
    const codes: number[] = [];
    await socketPod((ws) => {
      ws.on('close', (code) => codes.push(code));
      ws.on('message', () => ws.close(4001, 'enough'));
    });
    const first = dial();
    await once(first, 'open');
    first.send('end it');
    expect((await once(first, 'close'))[0]).toBe(4001);
    const second = dial();
    await once(second, 'open');
    second.close(4002);
    await once(second, 'close');
    expect(codes).toContain(4002);
  });

  test("ends at the revision's time limit", async () => {
    at = await new SocketWorld().start({ timeoutSeconds: 1 });
    await socketPod(() => {});
    const socket = dial();
    await once(socket, 'open');
    expect((await once(socket, 'close'))[0]).toBe(1006);
  });

  test('that the pod refuses is refused with the answer of the pod', async () => {
    at = await new SocketWorld().start();
    await socketPod(() => {});
    const [, response] = (await once(dial('/refused'), 'unexpected-response')) as [unknown, IncomingMessage];
    expect([response.statusCode, response.headers['x-refused']]).toEqual([403, 'yes']);
    expect(String((await once(response, 'data'))[0])).toBe('no');
  });

  test('to an unknown host is refused with 404', async () => {
    at = await new SocketWorld().start();
    const socket = dial('/', { host: 'unknown.example.com' });
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    expect(response.statusCode).toBe(404);
  });

  test('is cut when the listener has waited long enough', async () => {
    at = await new SocketWorld().start();
    await socketPod(() => {});
    const socket = dial();
    await once(socket, 'open');
    const closed = once(socket, 'close');
    await at.listener.close(50);
    await closed;
  });
});

test('an upgrade to any protocol joins the sockets as they are', async () => {
  at = await new SocketWorld().start();
  const pod = await at.pod((_req, res) => res.end());
  pod.server.on('upgrade', (_request, socket, head) => {
    at.closers.push(() => socket.destroy());
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: shout\r\n\r\n');
    socket.write(String(head).toUpperCase());
    socket.on('data', (chunk: Buffer) => socket.end(String(chunk).toUpperCase()));
  });
  const answer = await at.raw(`GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: Upgrade\r\nUpgrade: shout\r\n\r\nearly bytes`);
  expect(answer).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
  expect(answer).toMatch(/\r\n\r\nEARLY BYTES$/);
});

describe('a request that only offers to change its protocol, as the first one of Java’s client does', () => {
  const offer = (method: string, body: string, more = '') =>
    `${method} /a HTTP/1.1\r\nHost: ${HOST}\r\nConnection: Upgrade, HTTP2-Settings${more}\r\nUpgrade: h2c\r\n` +
    `HTTP2-Settings: AAMAAABkAAQAAP__\r\n${body ? `Content-Length: ${body.length}\r\n` : ''}\r\n${body}`;

  test('is answered as if it did not, with its body, and the connection goes on', async () => {
    at = await new SocketWorld().start();
    await at.pod(async (req, res) => {
      let body = '';
      for await (const chunk of req) body += chunk;
      res.end(`<${req.method} ${body} ${req.headers.upgrade}>`);
    });
    const socket = connect(at.port, '127.0.0.1');
    at.closers.push(() => socket.destroy());
    for (const [request, expected] of [
      [offer('POST', 'event'), '<POST event undefined>'],
      [offer('GET', ''), '<GET  undefined>'],
    ] as const) {
      socket.write(request);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(String(answer)).toMatch(/^HTTP\/1\.1 200/);
      expect(String(answer)).toContain(expected);
    }
  });

  test('is an event for a part of the process itself, too', async () => {
    const inner = async (inbound: Inbound) => {
      let body = '';
      for await (const chunk of inbound.body ?? []) body += String(chunk);
      return { status: 202, headers: [], body: Buffer.from(`took ${body}`) };
    };
    at = await new SocketWorld({ inner: (host) => (host === HOST ? inner : undefined) }).start();
    expect(await at.raw(offer('POST', 'event', ', close'))).toMatch(/^HTTP\/1\.1 202[\s\S]*took event$/);
  });
});
