import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { HOST, SocketWorld } from './sockets';
import { gate } from './world';

let at: SocketWorld;
afterEach(() => at.stop());

describe('a request over HTTP/1.1', () => {
  test('goes to the pod and back with method, path, headers and body', async () => {
    at = await new SocketWorld().start();
    await at.pod((req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk) => chunks.push(chunk));
      req.on('end', () => {
        res.writeHead(201, { 'X-Path': req.url, 'X-Host': req.headers.host, 'Set-Cookie': ['a=1', 'b=2'] });
        res.end(`${req.method} ${Buffer.concat(chunks)}`);
      });
    });
    const answer = await at.send({ method: 'PUT', path: '/x/y?z=1', body: 'hello' });
    expect(answer).toMatchObject({ status: 201, body: 'PUT hello' });
    expect(answer.headers).toMatchObject({ 'x-path': '/x/y?z=1', 'x-host': HOST, 'set-cookie': ['a=1', 'b=2'] });
    expect(answer.headers['content-length']).toBe('9');
  });

  test('streams the answer: the first piece arrives while the pod still writes', async () => {
    at = await new SocketWorld().start();
    const door = gate();
    await at.pod(async (_req, res) => {
      res.write('first');
      await door.opened;
      res.end('second');
    });
    const outgoing = request({ port: at.port, headers: { host: HOST }, agent: false }).end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    const [first] = await once(response, 'data');
    expect(String(first)).toBe('first');
    door.open();
    const [second] = await once(response, 'data');
    expect(String(second)).toBe('second');
  });

  test('streams the request: the pod answers the first piece before the client has sent the second', async () => {
    at = await new SocketWorld().start();
    await at.pod((req, res) => void req.pipe(res));
    const outgoing = request({ port: at.port, method: 'POST', headers: { host: HOST }, agent: false });
    outgoing.write('ping');
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    expect(String((await once(response, 'data'))[0])).toBe('ping');
    outgoing.end('pong');
    expect(String((await once(response, 'data'))[0])).toBe('pong');
  });

  test('brings trailers back', async () => {
    at = await new SocketWorld().start();
    await at.pod((req, res) => {
      res.writeHead(200, { Trailer: 'X-Sum' });
      if (req.url === '/slow') res.write('some');
      res.addTrailers({ 'X-Sum': '42' });
      setImmediate(() => res.end('body'));
    });
    for (const path of ['/', '/slow']) expect((await at.send({ path })).trailers).toEqual({ 'x-sum': '42' });
  });

  test('with HEAD gets the length and no body, with 204 neither', async () => {
    at = await new SocketWorld().start();
    await at.pod((req, res) => {
      if (req.url === '/none') res.writeHead(204).end();
      else res.writeHead(200, { 'Content-Length': 5 }).end('hello');
    });
    const head = await at.send({ method: 'HEAD' });
    expect([head.status, head.headers['content-length'], head.body]).toEqual([200, '5', '']);
    const none = await at.send({ path: '/none' });
    expect([none.status, none.headers['content-length'], none.headers['transfer-encoding']]).toEqual([204, undefined, undefined]);
  });

  test('that waits for leave to send its body gets it when a pod is there, and the pod never hears of it', async () => {
    at = await new SocketWorld().start();
    const outgoing = request({ port: at.port, method: 'POST', headers: { host: HOST, expect: '100-continue' }, agent: false });
    let continued = false;
    outgoing.on('continue', () => {
      continued = true;
      outgoing.end('the body');
    });
    outgoing.flushHeaders();
    await at.world.clock.sleep(50);
    expect(continued).toBe(false);
    await at.pod((req, res) => {
      res.setHeader('X-Expect', String(req.headers.expect));
      req.pipe(res);
    });
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    const [body] = await once(response, 'data');
    expect([String(body), response.headers['x-expect']]).toEqual(['the body', 'undefined']);
  });

  test('in absolute form counts for the host of its target', async () => {
    at = await new SocketWorld().start();
    await at.pod((req, res) => res.end(`${req.headers.host} ${req.url}`));
    const answer = await at.raw(`GET http://${HOST}/p?q HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(new RegExp(`\r\n\r\n${HOST} /p\\?q$`));
  });

  test('of HTTP/1.0 is answered without chunks, and the connection ends', async () => {
    at = await new SocketWorld().start();
    await at.pod((_req, res) => {
      res.write('a');
      setTimeout(() => res.end('b'), 20);
    });
    const answer = await at.raw(`GET / HTTP/1.0\r\nHost: ${HOST}\r\n\r\n`);
    expect(answer.toLowerCase()).not.toContain('transfer-encoding');
    expect(answer).toMatch(/\r\n\r\nab$/);
  });

  test('that lasts too long once its answer has begun ends well, with the reason in place of the rest', async () => {
    at = await new SocketWorld().start({ timeoutSeconds: 1 });
    await at.pod((_req, res) => res.write('begin'));
    const { status, body } = await at.send();
    expect([status, body]).toEqual([200, 'beginrequest timeout']);
  });

  test('goes to the forced host whatever it says', async () => {
    at = await new SocketWorld().start({}, { forceHost: HOST });
    await at.pod((req, res) => res.end(req.headers.host));
    expect((await at.send({ headers: { host: `127.0.0.1:${at.port}` } })).body).toBe(HOST);
  });

  test('is answered one after the other where several are sent at once on a connection', async () => {
    at = await new SocketWorld().start();
    await at.pod((req, res) => setTimeout(() => res.end(req.url), req.url === '/1' ? 30 : 0));
    const one = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\n${more}\r\n`;
    const answer = await at.raw(one('/1') + one('/2') + one('/3', 'Connection: close\r\n'));
    expect(answer.match(/\/[123](?=HTTP|$)/g)).toEqual(['/1', '/2', '/3']);
  });
});

describe('a message that could be read in two ways', () => {
  const body = '0\r\n\r\n';
  test.each([
    ['two hosts', `GET / HTTP/1.1\r\nHost: ${HOST}\r\nHost: other\r\n\r\n`],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['length and chunks', `POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n${body}`],
    ['two lengths', `POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n${body}`],
    ['a strange coding', `POST / HTTP/1.1\r\nHost: ${HOST}\r\nTransfer-Encoding: gzip, chunked\r\n\r\n${body}`],
    [
      'a coding twice',
      `POST / HTTP/1.1\r\nHost: ${HOST}\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n${body}`,
    ],
    ['a space before the colon', `POST / HTTP/1.1\r\nHost: ${HOST}\r\nTransfer-Encoding : chunked\r\n\r\n${body}`],
    ['a folded line', `POST / HTTP/1.1\r\nHost: ${HOST}\r\nTransfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n\r\n${body}`],
    ['a bad chunk size', `POST / HTTP/1.1\r\nHost: ${HOST}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`],
    ['a bare carriage return', `GET / HTTP/1.1\r\nHost: ${HOST}\r\nX: a\rb\r\n\r\n`],
    ['a signed length', `POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: +5\r\n\r\n${body}`],
  ])('with %s is refused, and no pod sees a whole request of it', async (_what, message) => {
    at = await new SocketWorld().start();
    let whole = 0;
    await at.pod((req, res) => {
      req.on('end', () => whole++);
      req.resume();
      res.end('seen');
    });
    const answer = await at.raw(message);
    expect(answer === '' || /^HTTP\/1\.1 400 /.test(answer)).toBe(true);
    expect(whole).toBe(0);
  });

  test('is never smuggled behind another: the rest of a refused message is not taken for a request', async () => {
    at = await new SocketWorld().start();
    const paths: (string | undefined)[] = [];
    await at.pod((req, res) => {
      paths.push(req.url);
      req.resume();
      res.end();
    });
    const smuggled = `GET /admin HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`;
    await at.raw(
      `POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: ${smuggled.length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n${body}${smuggled}`,
    );
    expect(paths).not.toContain('/admin');
  });

  test('has a head of bounded size', async () => {
    at = await new SocketWorld().start();
    await at.pod((_req, res) => res.end());
    const answer = await at.raw(`GET / HTTP/1.1\r\nHost: ${HOST}\r\nX-Big: ${'x'.repeat(70_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  test('has a head that comes in time', async () => {
    at = await new SocketWorld().start({}, { headerTimeoutMs: 150 });
    expect(await at.raw(`GET / HTTP/1.1\r\nHost: ${HOST}\r\nX-Slow:`)).toMatch(/^HTTP\/1\.1 408 /);
    expect(await at.raw('')).toBe('');
  });

  test('CONNECT is refused', async () => {
    at = await new SocketWorld().start();
    expect(await at.raw(`CONNECT example.com:443 HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 405 /);
  });
});

describe('a slow reader', () => {
  test('slows the pod down instead of filling the gateway', async () => {
    at = await new SocketWorld().start();
    let written = 0;
    let stalled = () => {};
    const stall = new Promise<void>((resolve) => {
      stalled = resolve;
    });
    const chunk = Buffer.alloc(64 * 1024);
    const TOTAL = 512;
    await at.pod((_req, res) => {
      const pump = () => {
        while (written < TOTAL) {
          written++;
          if (!res.write(chunk)) {
            const timer = setTimeout(stalled, 300);
            res.once('drain', () => {
              clearTimeout(timer);
              pump();
            });
            return;
          }
        }
        res.end();
      };
      pump();
    });
    const outgoing = request({ port: at.port, headers: { host: HOST }, agent: false }).end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    await stall;
    expect(written).toBeLessThan(TOTAL / 2);
    let received = 0;
    for await (const piece of response) received += piece.length;
    expect(received).toBe(TOTAL * chunk.length);
  });

  test('who leaves ends the request in the pod', async () => {
    at = await new SocketWorld().start();
    const closed = gate();
    const begun = gate();
    await at.pod((_req, res) => {
      res.write('begin');
      res.on('close', closed.open);
      begun.open();
    });
    const outgoing = request({ port: at.port, headers: { host: HOST }, agent: false }).end();
    outgoing.on('error', () => {});
    await begun.opened;
    await once(outgoing, 'response');
    outgoing.destroy();
    await closed.opened;
  });

  test('who leaves before the answer begins ends the request in the pod too', async () => {
    at = await new SocketWorld().start();
    const closed = gate();
    const begun = gate();
    await at.pod((_req, res) => {
      res.on('close', closed.open);
      begun.open();
    });
    const outgoing = request({ port: at.port, headers: { host: HOST }, agent: false }).end();
    outgoing.on('error', () => {});
    await begun.opened;
    outgoing.destroy();
    await closed.opened;
  });
});

describe('closing', () => {
  test('lets requests under way finish, refuses new connections, ends kept ones', async () => {
    at = await new SocketWorld().start();
    const door = gate();
    await at.pod(async (req, res) => {
      if (req.url === '/slow') await door.opened;
      res.end('done');
    });
    const idle = connect(at.port, '127.0.0.1').on('error', () => {});
    idle.write(`GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    await once(idle, 'data');
    const idleClosed = once(idle, 'close');
    const agent = new Agent({ keepAlive: true });
    const outgoing = request({ port: at.port, path: '/slow', headers: { host: HOST }, agent }).end();
    await at.world.clock.sleep(50);
    const closed = at.listener.close(5000);
    await idleClosed;
    await expect(at.send()).rejects.toThrow('ECONNREFUSED');
    door.open();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    response.resume();
    expect([response.statusCode, response.headers.connection]).toEqual([200, 'close']);
    await closed;
    agent.destroy();
  });

  test('cuts what outlasts its grace', async () => {
    at = await new SocketWorld().start();
    await at.pod((_req, res) => void res.write('for ever'));
    const outgoing = request({ port: at.port, headers: { host: HOST }, agent: false }).end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    const cut = once(response, 'error');
    response.resume();
    await at.listener.close(100);
    await cut;
  });
});
