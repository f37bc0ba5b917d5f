import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import type { HttpListenerOptions, Inbound, Outbound } from '../../../lib/gateway';
import { HOST, SocketWorld } from './sockets';
import { gate } from './world';

const INNER = 'events.example';

let at: SocketWorld;
afterEach(() => at.stop());

/** A gateway with a part of its process at INNER, which is answered by `handler`. */
async function start(
  handler: (inbound: Inbound, body: string) => Promise<Outbound> | Outbound,
  listener: Partial<HttpListenerOptions> = {},
  innerOutside = true,
): Promise<void> {
  const answer = async (inbound: Inbound) => {
    const chunks: Buffer[] = [];
    for await (const chunk of inbound.body ?? []) chunks.push(chunk);
    return handler(inbound, Buffer.concat(chunks).toString());
  };
  at = await new SocketWorld({ inner: (host) => (host === INNER ? answer : undefined), innerOutside }).start({}, listener);
}

const text = (body: string, status = 200): Outbound => ({ status, headers: ['X-A', 'b'], body: Buffer.from(body) });
const post = (path: string, body: string, more = '') =>
  `POST ${path} HTTP/1.1\r\nHost: ${INNER}:80\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;
const last = (path: string, body = '') => post(path, body, 'Connection: close\r\n');

describe('a request for a part of the process itself', () => {
  test('is answered, however it is cut into pieces', async () => {
    const seen: string[] = [];
    await start(({ method, target, host, headers, whole }, body) => {
      seen.push([method, target, host, headers.join(' '), whole?.length, body].join('|'));
      return text('taken', 202);
    });
    const message = post('/a?b=c', 'hello', 'X-Odd:  caf\xc3\xa0 \r\n');
    const socket = connect(at.port, '127.0.0.1').setNoDelay(true);
    const piece = Buffer.from(message, 'latin1');
    const head = message.indexOf('\r\n\r\n') + 4;
    for (const cut of [piece.length, head, head + 1, piece.length - 1]) {
      socket.write(piece.subarray(0, cut));
      await at.world.clock.sleep(20);
      if (cut < piece.length) socket.write(piece.subarray(cut));
      const [answer] = await once(socket, 'data');
      expect(String(answer)).toMatch(/^HTTP\/1\.1 202 Accepted\r\nX-A: b\r\nDate: .* GMT\r\n/);
      expect(String(answer)).toMatch(/\r\nConnection: keep-alive\r\nKeep-Alive: timeout=75\r\nContent-Length: 5\r\n\r\ntaken$/);
    }
    expect(new Set(seen).size).toBe(1);
    expect(seen[0]).toBe(`POST|/a?b=c|${INNER}:80|host ${INNER}:80 x-odd caf\xc3\xa0 content-length 5|5|hello`);
    socket.destroy();
  });

  test('waits for the one before it on its connection', async () => {
    const order: string[] = [];
    await start(async ({ target }) => {
      order.push(`begin ${target}`);
      if (target === '/1') await at.world.clock.sleep(30);
      order.push(`end ${target}`);
      return text(target);
    });
    const answer = await at.raw(post('/1', 'a') + post('/2', '') + post('/3', 'b') + last('/4'));
    expect(answer.match(/\/\d(?=HTTP|$)/g)).toEqual(['/1', '/2', '/3', '/4']);
    expect(order).toEqual(['/1', '/2', '/3', '/4'].flatMap((path) => [`begin ${path}`, `end ${path}`]));
  });

  test('shares its connection with requests for pods', async () => {
    await start(({ target }) => text(`inner ${target}`));
    await at.pod((req, res) => res.end(`pod ${req.url}`));
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`;
    const answer = await at.raw(post('/1', 'a') + get('/2') + post('/3', 'b') + get('/4') + last('/5'));
    expect(answer.match(/(inner|pod) \/\d/g)).toEqual(['inner /1', 'pod /2', 'inner /3', 'pod /4', 'inner /5']);
  });

  test.each([
    ['POST', 'a'],
    ['PUT', 'b'],
  ])('is answered inside the cluster alone where there is an inside: %s', async (method, body) => {
    const request = { method, headers: { host: INNER, connection: 'keep-alive' }, body };
    await start(() => text('taken', 202), { visibility: 'external' }, false);
    expect((await at.send(request)).status).toBe(404);
    await at.stop();
    await start(() => text('taken', 202), { visibility: 'internal' }, false);
    expect((await at.send(request)).status).toBe(202);
  });

  test('goes to the forced host whatever it says', async () => {
    await start(({ host }) => text(host), { forceHost: INNER });
    expect((await at.send({ method: 'POST', headers: { host: 'x', connection: 'keep-alive' }, body: 'a' })).body).toBe(INNER);
  });

  test('is taken in pieces where it is large or has no length', async () => {
    await start(({ whole }, body) => text(`${whole === undefined} ${body.length}`));
    expect(await at.raw(last('/', 'x'.repeat(300_000)))).toMatch(/true 300000$/);
    const chunked = `POST / HTTP/1.1\r\nHost: ${INNER}\r\nTransfer-Encoding: chunked\r\n`;
    expect(await at.raw(`${chunked}\r\n5\r\nhello\r\n0\r\n\r\n${last('/')}`)).toMatch(/true 5HTTP/);
  });

  test('with a fault of ours is answered, and its connection ends', async () => {
    await start(() => Promise.reject(new Error('broken')));
    expect(await at.raw(post('/', 'a') + post('/', 'b'))).toMatch(
      /^HTTP\/1\.1 500 [\s\S]*Connection: close[\s\S]*internal error\n$/,
    );
  });

  test('may be answered in pieces, with a length or without', async () => {
    await start(({ target }) => ({
      status: 200,
      headers: target === '/length' ? ['Content-Length', '4'] : [],
      body: Readable.from([Buffer.from('ab'), Buffer.from('cd')]),
    }));
    const socket = connect(at.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.write(post('/length', 'a') + post('/', 'a'));
    while (!answer.endsWith('0\r\n\r\n')) await once(socket, 'data');
    expect(answer).toMatch(
      /Content-Length: 4\r\n\r\nabcdHTTP[\s\S]*Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n$/,
    );
    socket.destroy();
  });

  test('ends when its client leaves', async () => {
    const begun = gate();
    const ended = gate();
    await start(async ({ signal }) => {
      signal.addEventListener('abort', ended.open);
      begun.open();
      await ended.opened;
      return text('late');
    });
    const socket = connect(at.port, '127.0.0.1').on('error', () => {});
    socket.write(post('/', 'a'));
    await begun.opened;
    socket.resetAndDestroy();
    await ended.opened;
  });

  test('is answered though its client has said its last', async () => {
    await start(async () => {
      await at.world.clock.sleep(20);
      return text('taken');
    });
    const socket = connect({ port: at.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.end(post('/', 'a'));
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toMatch(/Connection: close\r\n[\s\S]*taken$/);
  });
});

describe('a message for a part of the process that could be read in two ways', () => {
  const body = '0\r\n\r\n';
  const length = 'Content-Length: 5\r\n';
  test.each([
    ['two hosts', `POST / HTTP/1.1\r\nHost: ${INNER}\r\nHost: other\r\n${length}\r\n`],
    ['no host', `POST / HTTP/1.1\r\n${length}\r\n`],
    ['length and chunks', `POST / HTTP/1.1\r\nHost: ${INNER}\r\n${length}Transfer-Encoding: chunked\r\n\r\n`],
    ['two lengths', `POST / HTTP/1.1\r\nHost: ${INNER}\r\n${length}Content-Length: 6\r\n\r\n`],
    ['the same length twice', `POST / HTTP/1.1\r\nHost: ${INNER}\r\n${length}${length}\r\n`],
    ['a strange coding', `POST / HTTP/1.1\r\nHost: ${INNER}\r\nTransfer-Encoding: gzip, chunked\r\n\r\n`],
    ['a space before the colon', `POST / HTTP/1.1\r\nHost: ${INNER}\r\nContent-Length : 5\r\n\r\n`],
    ['a folded line', `POST / HTTP/1.1\r\nHost: ${INNER}\r\nX: 1\r\n ${length}\r\n`],
    ['a bare carriage return', `POST / HTTP/1.1\r\nHost: ${INNER}\r\nX: a\rb\r\n${length}\r\n`],
    ['a bare line feed', `POST / HTTP/1.1\r\nHost: ${INNER}\r\nX: a\nTransfer-Encoding: chunked\r\n${length}\r\n`],
    ['a null', `POST / HTTP/1.1\r\nHost: ${INNER}\r\nX: a\0b\r\n${length}\r\n`],
    ['a signed length', `POST / HTTP/1.1\r\nHost: ${INNER}\r\nContent-Length: +5\r\n\r\n`],
    ['a head without an end', `POST / HTTP/1.1\r\nHost: ${INNER}\r\nX: ${'y'.repeat(70_000)}`],
  ])('with %s is refused, and nobody sees it', async (_what, message) => {
    let seen = 0;
    await start((_inbound, whole) => {
      if (whole === body) seen++;
      return text('taken');
    });
    expect(await at.raw(message + body)).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
    expect(seen).toBe(0);
  });
});

describe('closing', () => {
  test('lets requests under way finish and ends kept connections', async () => {
    const begun = gate();
    const door = gate();
    await start(async ({ target }) => {
      if (target === '/slow') {
        begun.open();
        await door.opened;
      }
      return text('done');
    });
    const idle = connect(at.port, '127.0.0.1');
    idle.write(post('/', 'a'));
    await once(idle, 'data');
    const answering = at.raw(post('/slow', 'a'));
    await begun.opened;
    const closed = at.listener.close(5000);
    await once(idle, 'close');
    door.open();
    expect(await answering).toMatch(/Connection: close\r\n[\s\S]*done$/);
    await closed;
  });

  test('cuts what outlasts its grace', async () => {
    const begun = gate();
    await start(() => {
      begun.open();
      return new Promise(() => {});
    });
    const answering = at.raw(post('/', 'a'));
    await begun.opened;
    await at.listener.close(50);
    expect(await answering).toBe('');
  });

  test('comes by itself to a connection that says nothing for a while, and to one that keeps its body back', async () => {
    await start(() => text('done'), { keepAliveMs: 60 });
    expect(await at.raw(post('/', 'a'))).toMatch(/done$/);
    expect(await at.raw(post('/', 'abc').slice(0, -1))).toBe('');
  });
});
