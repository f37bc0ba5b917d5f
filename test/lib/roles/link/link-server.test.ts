import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { type Log, noLog, RealClock, systemRandom } from '../../../../lib/base';
import type { LinkChannel } from '../../../../lib/roles/link/link-channel';
import { LinkDialer } from '../../../../lib/roles/link/link-dialer';
import type { LinkMessage, LinkRole } from '../../../../lib/roles/link/link-message';
import { LinkServer } from '../../../../lib/roles/link/link-server';

const clock = new RealClock({ unref: true });

interface Heard {
  readonly messages: LinkMessage[];
  readonly channels: LinkChannel[];
  readonly roles: LinkRole[];
  readonly warnings: string[];
  readonly closed: string[];
}

describe('a link', () => {
  let server: LinkServer;
  let heard: Heard;
  const dialers: LinkDialer[] = [];

  async function listen(port = 0, onAccept: (channel: LinkChannel) => void = () => {}): Promise<void> {
    const log: Log = { ...noLog, warn: (message, fields) => heard.warnings.push(`${message}: ${fields?.['error']}`) };
    server = await LinkServer.listen({
      ...{ clock, log, host: '127.0.0.1', port },
      review: async (token) => {
        if (token === 'unknown-now') throw new Error('no API server');
        return token === 'leader' ? 'controller' : undefined;
      },
      accept: (role, channel) => {
        heard.roles.push(role);
        heard.channels.push(channel);
        onAccept(channel);
        return { message: (message) => heard.messages.push(message), closed: (reason) => heard.closed.push(reason) };
      },
    });
  }

  const dial = (token: string, onOpen: (channel: LinkChannel) => void, onMessage: (message: LinkMessage) => void = () => {}) => {
    const dialer = new LinkDialer({
      ...{ clock, random: systemRandom, log: noLog, host: '127.0.0.1', port: server.port, token: () => token },
      accept: (channel) => {
        onOpen(channel);
        return { message: onMessage, closed() {} };
      },
    });
    dialers.push(dialer);
    return dialer;
  };

  const status = (headers: Record<string, string>): Promise<number> =>
    new Promise((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}/link`, { headers });
      socket.on('error', () => {});
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      socket.on('open', () => resolve(101));
    });

  beforeEach(() => {
    heard = { messages: [], channels: [], roles: [], warnings: [], closed: [] };
  });
  afterEach(async () => {
    for (const dialer of dialers.splice(0)) dialer.stop();
    await server.close();
  });

  test('is refused to who has no token, one of somebody else, or one that cannot be looked at now', async () => {
    await listen();
    expect(await status({})).toBe(401);
    expect(await status({ authorization: 'Bearer somebody' })).toBe(401);
    expect(await status({ authorization: 'Bearer unknown-now' })).toBe(503);
    expect(heard.channels).toEqual([]);
    expect(heard.warnings).toHaveLength(3);
  });

  test('is over when it is refused, even if the other end keeps its side open', async () => {
    await listen();
    const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => {});
    socket.write('GET /link HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    let answer = '';
    socket.on('data', (data) => (answer += String(data)));
    await new Promise((resolve) => socket.once('end', resolve));
    expect(answer).toMatch(/^HTTP\/1.1 401 /);
    await server.close();
    expect(socket.destroyed).toBe(false);
    socket.destroy();
  });

  test('comes about with a good one, and misses no message: not even one sent with the handshake', async () => {
    await listen(0, (channel) => channel.send({ type: 'renew', seq: 1 }));
    const first = await new Promise<LinkMessage>((resolve) => dial('leader', () => {}, resolve));
    expect(first).toEqual({ type: 'renew', seq: 1 });
    expect(heard.roles).toEqual(['controller']);
  });

  test.each(['{"type":"bogus"}', 'x', '{"type":"want","count":-1}', Buffer.from('{}')])(
    'ends with a line in the log when something comes that is no message: %s',
    async (garbage) => {
      await listen();
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}/link`, { headers: { authorization: 'Bearer leader' } });
      socket.on('open', () => socket.send(garbage));
      await new Promise((resolve) => socket.once('close', resolve));
      expect(heard.closed).toHaveLength(1);
      expect(heard.warnings[0]).toMatch(/^a link is closed/);
    },
  );

  test('is dialled again when the other end has gone and come back', async () => {
    await listen();
    let opened = 0;
    let again: () => void = () => {};
    const twice = new Promise<void>((resolve) => {
      again = resolve;
    });
    let first: () => void = () => {};
    const once = new Promise<void>((resolve) => {
      first = resolve;
    });
    dial('leader', () => (++opened === 1 ? first() : again()));
    await once;
    const { port } = server;
    await server.close();
    await listen(port);
    await twice;
    expect(opened).toBe(2);
  });
});
