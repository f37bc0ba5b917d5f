import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { listen, SocketWorld } from './sockets';
import { gate } from './world';

let at: SocketWorld;
afterEach(() => at.stop());

describe('a pod that fails', () => {
  test('with a request inside costs that request one 502; those that come after go to another pod', async () => {
    at = await new SocketWorld({ explain: true }).start();
    const inside = gate();
    let calls = 0;
    const { server } = await at.pod((_req, res) => {
      calls++;
      inside.open();
      res.on('error', () => {});
    });
    const victim = at.send();
    await inside.opened;
    server.closeAllConnections();
    server.close();
    expect(await victim).toMatchObject({
      status: 502,
      body: expect.stringMatching(/^bad gateway: revision default\/r, pod at /),
    });
    await at.pod((_req, res) => res.end('well'));
    const after = await Promise.all(Array.from({ length: 20 }, () => at.send()));
    expect(after.map(({ status }) => status)).toEqual(after.map(() => 200));
    expect(calls).toBe(1);
  });

  test('before a request reached it costs nothing: body and all go to another pod', async () => {
    at = await new SocketWorld().start();
    const gone = createServer();
    const port = await listen(gone);
    await new Promise((resolve) => gone.close(resolve));
    await at.world.pod('r', port, { ready: true });
    await at.settle();
    const answers = ['one', 'two'].map((body) => at.send({ method: 'POST', body }));
    await at.world.clock.sleep(30);
    await at.pod((req, res) => void req.pipe(res));
    expect((await Promise.all(answers)).map(({ status, body }) => [status, body])).toEqual([
      [200, 'one'],
      [200, 'two'],
    ]);
  });

  test('and listens again is used again, without a word from the cluster', async () => {
    at = await new SocketWorld().start();
    const first = await at.pod((_req, res) => res.end('before'));
    expect((await at.send()).body).toBe('before');
    first.server.closeAllConnections();
    await new Promise((resolve) => first.server.close(resolve));
    const waiting = at.send();
    await at.world.clock.sleep(30);
    const second = createServer((_req, res) => res.end('after'));
    at.servers.push(second);
    await new Promise<void>((resolve) => second.listen(first.port, '127.0.0.1', resolve));
    expect((await waiting).body).toBe('after');
  });

  test('in the middle of its answer cuts the client off: half an answer is not passed for a whole one', async () => {
    at = await new SocketWorld().start();
    await at.pod((_req, res) => {
      res.writeHead(200, { 'Content-Length': '100' });
      res.write('half');
      setTimeout(() => res.destroy(), 20);
    });
    await expect(at.send()).rejects.toThrow();
  });

  test('that closed an idle connection as a request took it costs a request that may be repeated nothing', async () => {
    at = await new SocketWorld().start();
    // Answers one request on each connection, and ends the connection only when the next one arrives on it.
    const sockets = new Map<Socket, number>();
    let answered = 0;
    const server = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', () => {
        const before = sockets.get(socket) ?? 0;
        sockets.set(socket, before + 1);
        if (before > 0) return socket.destroy();
        answered++;
        return socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      });
    });
    at.closers.push(() => {
      for (const socket of sockets.keys()) socket.destroy();
      server.close();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await at.world.pod('r', (server.address() as AddressInfo).port);
    await at.settle();
    const idle = () => at.world.clock.sleep(300);
    for (let i = 0; i < 3; i++) {
      expect((await at.send()).body).toBe('ok');
      await idle();
    }
    expect((await at.send()).body).toBe('ok');
    expect(answered).toBe(4);
    expect([...sockets.values()]).toContain(2);
    await idle();
    // One that may not be repeated is lost on the connection that has answered once, and does well on a new one.
    expect((await at.send({ method: 'POST', body: 'x' })).status).toBe(502);
    expect((await at.send({ method: 'POST', body: 'x' })).status).toBe(200);
  });

  test('and is busy costs every request inside it one 502, also one that may be repeated and has just begun', async () => {
    at = await new SocketWorld().start();
    let calls = 0;
    const { server } = await at.pod((_req, res) => {
      if (++calls === 1) res.end('well');
      else server.closeAllConnections();
    });
    expect((await at.send()).status).toBe(200);
    expect((await at.send()).status).toBe(502);
    expect(calls).toBe(2);
  });

  test('that says how long it keeps connections is not asked on one that is about to close', async () => {
    at = await new SocketWorld().start();
    const connections = new Set<unknown>();
    await at.pod((req, res) => {
      connections.add(req.socket);
      res.setHeader('Keep-Alive', 'timeout=1');
      res.end();
    });
    await at.send();
    await at.send();
    expect(connections.size).toBe(2);
  });
});

describe('a pod that starts', () => {
  test('gets the request that waits within milliseconds of listening, long before the cluster calls it ready', async () => {
    at = await new SocketWorld({ serverTiming: true }).start();
    const free = createServer();
    const port = await listen(free);
    await new Promise((resolve) => free.close(resolve));
    const waiting = at.send();
    await at.world.pod('r', port, { ready: false });
    await at.world.clock.sleep(150);
    const server = createServer((_req, res) => res.end('hello'));
    at.servers.push(server);
    const listeningAt = await new Promise<number>((resolve) =>
      server.listen(port, '127.0.0.1', () => resolve(performance.now())),
    );
    const answer = await waiting;
    expect(answer.body).toBe('hello');
    expect(performance.now() - listeningAt).toBeLessThan(100);
    expect(answer.headers['server-timing']).toMatch(/, cold$/);
  });

  test('is asked the way its readiness probe says', async () => {
    at = await new SocketWorld().start({
      containers: [
        { image: 'x', readinessProbe: { httpGet: { path: '/ready', httpHeaders: [{ name: 'X-Probe', value: 'yes' }] } } },
      ],
    });
    let ready = false;
    const probes: string[] = [];
    await at.pod((req, res) => {
      if (req.url === '/ready') {
        probes.push(String(req.headers['x-probe']));
        res.writeHead(ready ? 200 : 503).end();
      } else res.end(String(ready));
    }, false);
    const waiting = at.send();
    await at.world.clock.sleep(50);
    ready = true;
    expect((await waiting).body).toBe('true');
    expect(probes.length).toBeGreaterThan(1);
    expect(new Set(probes)).toEqual(new Set(['yes']));
  });
});
