import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { CountingExecutor, VirtualClock } from '../../../lib/base';
import { answerInTime } from '../../../lib/gateway/answer-in-time';
import type { Inbound, Outbound } from '../../../lib/gateway/message';
import { SocketWorld } from './sockets';

/** However it ends. */
const closed = (socket: Socket) => new Promise((resolve) => void socket.once('close', resolve));
const PIECE = Buffer.alloc(65_536, 'x');

describe('the body of a request that is answered before it has come', () => {
  let at: SocketWorld;
  afterEach(() => at.stop());

  function dial(head: string): { readonly socket: Socket; readonly text: () => string } {
    const socket = connect(at.port, '127.0.0.1');
    at.closers.push(() => socket.destroy());
    let text = '';
    socket.setEncoding('latin1').on('data', (piece) => {
      text += piece;
    });
    socket.on('error', () => {});
    socket.write(`POST / HTTP/1.1\r\nHost: nobody.example.com\r\n${head}\r\n\r\n`);
    return { socket, text: () => text };
  }

  test('is not read for ever: the client gets the answer, and the connection ends', async () => {
    at = await new SocketWorld().start();
    const { socket, text } = dial('Transfer-Encoding: chunked');
    let sent = 0;
    const pour = () => {
      while (!socket.destroyed) {
        sent += PIECE.length;
        if (!socket.write(Buffer.concat([Buffer.from('10000\r\n'), PIECE, Buffer.from('\r\n')]))) return;
      }
    };
    socket.on('drain', pour);
    pour();
    await closed(socket);
    expect(text()).toMatch(/^HTTP\/1.1 404 .*Connection: close/s);
    expect(sent).toBeLessThan(64 * 2 ** 20);
  });

  test('is read where little is left of it, and the connection goes on', async () => {
    at = await new SocketWorld().start();
    const { socket, text } = dial('Content-Length: 100000');
    await once(socket, 'data');
    socket.write('x'.repeat(100_000));
    socket.write('GET / HTTP/1.1\r\nHost: nobody.example.com\r\nConnection: close\r\n\r\n');
    await closed(socket);
    expect(text().match(/HTTP\/1.1 404/g)).toHaveLength(2);
  });

  test('is not waited for where the client has not been told to go on', async () => {
    at = await new SocketWorld().start();
    const { socket, text } = dial('Content-Length: 10\r\nExpect: 100-continue');
    await once(socket, 'data');
    expect(text()).toMatch(/^HTTP\/1.1 404 .*Connection: close/s);
    socket.end();
    await closed(socket);
    expect(text()).not.toContain('100 Continue');
  });
});

const virtual = () =>
  new VirtualClock(
    new CountingExecutor((error) => {
      throw error;
    }),
  );

describe('a part of this process that reads whole bodies', () => {
  const answer = async ({ body }: Inbound): Promise<Outbound> => {
    let size = 0;
    try {
      for await (const piece of body as AsyncIterable<Buffer>) size += piece.length;
    } catch {
      return { status: 400, headers: [], body: null };
    }
    return { status: 202, headers: ['X-Size', String(size)], body: null };
  };

  test('turns away a sender that does not come to an end, after two minutes', async () => {
    const clock = virtual();
    const body = new Readable({ read() {} });
    body.push('x');
    const answering = answerInTime(answer, { body } as Inbound, clock);
    await clock.advance(119_999);
    expect(body.destroyed).toBe(false);
    await clock.advance(1);
    expect(await answering).toMatchObject({ status: 408 });
  });

  test('may take longer over its answer than that', async () => {
    const clock = virtual();
    const body = Readable.from([Buffer.from('abc')]);
    let read = () => {};
    const whole = new Promise<void>((resolve) => {
      read = resolve;
    });
    const slow = async (inbound: Inbound) => {
      const outbound = await answer(inbound);
      read();
      await clock.sleep(600_000);
      return outbound;
    };
    const answering = answerInTime(slow, { body } as Inbound, clock);
    await whole;
    await clock.advance(600_000);
    expect(await answering).toMatchObject({ status: 202, headers: ['X-Size', '3'] });
  });
});
