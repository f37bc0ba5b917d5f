import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { RealClock } from '../../../../lib/base';
import { addressTrouble, HttpSender, type HttpSenderOptions } from '../../../../lib/eventing';

const MESSAGE = { headers: { 'ce-id': '1', 'content-type': 'text/plain' }, body: Buffer.from('hi') };
const servers: Server[] = [];
const senders: HttpSender[] = [];

afterEach(async () => {
  await Promise.all(senders.splice(0).map((sender) => sender.close()));
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> {
  const server = createServer(handle);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function sender(options: Partial<HttpSenderOptions> = {}): HttpSender {
  const made = new HttpSender({ clock: new RealClock(), rules: {}, ...options });
  senders.push(made);
  return made;
}

/** Names that mean the given addresses, one after the other. */
function names(...answers: string[][]): LookupFunction {
  let asked = 0;
  return (_hostname, options, callback) => {
    const addresses = answers[Math.min(asked++, answers.length - 1)]!.map((address) => ({ address, family: 4 }));
    if (options.all) callback(null, addresses);
    else callback(null, addresses[0]!.address, 4);
  };
}

describe('sending an event over HTTP', () => {
  test('posts it and reads the answer', async () => {
    let seen: unknown;
    const port = await serve((request, response) => {
      request.setEncoding('utf8').on('data', (body) => {
        seen = [request.method, request.url, request.headers['ce-id'], body];
        response.writeHead(202, { 'x-a': 'b' }).end('ok');
      });
    });
    const rules = { allowed: [`127.0.0.1:${port}`] };
    const response = await sender({ rules }).send({ url: `http://127.0.0.1:${port}/in?x=1` }, MESSAGE, {});
    expect(seen).toEqual(['POST', '/in?x=1', '1', 'hi']);
    expect(response).toMatchObject({ status: 202, headers: { 'x-a': 'b' }, body: Buffer.from('ok') });
  });

  test('does not follow redirects: they are answers', async () => {
    const port = await serve((_request, response) => void response.writeHead(307, { location: 'http://169.254.169.254/' }).end());
    const rules = { allowed: [`127.0.0.1:${port}`] };
    expect((await sender({ rules }).send({ url: `http://127.0.0.1:${port}` }, MESSAGE, {})).status).toBe(307);
  });

  test('reads no more of an answer than a megabyte', async () => {
    const port = await serve((_request, response) => {
      const pour = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', pour).writeHead(200);
      pour();
    });
    const rules = { allowed: [`127.0.0.1:${port}`] };
    const { body, truncated } = await sender({ rules }).send({ url: `http://127.0.0.1:${port}` }, MESSAGE, {});
    expect([body.length, truncated]).toEqual([2 ** 20, true]);
  });

  test('ends an attempt that takes too long, and one that is broken off', async () => {
    const port = await serve(() => {});
    const made = sender({ rules: { allowed: [`127.0.0.1:${port}`] } });
    const destination = { url: `http://127.0.0.1:${port}` };
    await expect(made.send(destination, MESSAGE, { timeoutMs: 20 })).rejects.toThrow('no answer within 20 ms');
    const aborting = new AbortController();
    const sending = made.send(destination, MESSAGE, { signal: aborting.signal });
    aborting.abort(new Error('stopping'));
    await expect(sending).rejects.toThrow('stopping');
  });

  test('sends the name and password of the URL as HTTP has them', async () => {
    const seen: (string | undefined)[] = [];
    const port = await serve((request, response) => {
      seen.push(request.headers.authorization, request.headers.host);
      response.end();
    });
    const made = sender({ rules: { allowed: [`127.0.0.1:${port}`] } });
    await made.send({ url: `http://ann:s%40cret@127.0.0.1:${port}` }, MESSAGE, {});
    expect(seen).toEqual([`Basic ${Buffer.from('ann:s@cret').toString('base64')}`, `127.0.0.1:${port}`]);
  });

  test('sends a token that goes along, and then no name and password', async () => {
    let authorization: string | undefined;
    const port = await serve((request, response) => {
      authorization = request.headers.authorization;
      response.end();
    });
    const made = sender({ rules: { allowed: [`127.0.0.1:${port}`] } });
    const message = { ...MESSAGE, headers: { ...MESSAGE.headers, authorization: 'Bearer for-orders' } };
    await made.send({ url: `http://ann:secret@127.0.0.1:${port}` }, message, {});
    expect(authorization).toBe('Bearer for-orders');
  });
});

describe('connections to a sink', () => {
  test('are used again by one request after the other, and made anew when the server has closed them', async () => {
    const ports = new Set<number | undefined>();
    let last = false;
    const port = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.writeHead(202, last ? { connection: 'close' } : {}).end();
    });
    const made = sender({ rules: { allowed: [`127.0.0.1:${port}`] } });
    const destination = { url: `http://127.0.0.1:${port}` };
    for (let i = 0; i < 3; i++) await made.send(destination, MESSAGE, {});
    expect(ports.size).toBe(1);
    last = true;
    await made.send(destination, MESSAGE, {});
    await made.send(destination, MESSAGE, {});
    expect(ports.size).toBe(2);
  });

  test('are not used again after less than what the server says that it keeps them', async () => {
    const ports = new Set<number | undefined>();
    const port = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.writeHead(202, { connection: 'keep-alive', 'keep-alive': 'timeout=1' }).end();
    });
    const made = sender({ rules: { allowed: [`127.0.0.1:${port}`] } });
    for (let i = 0; i < 2; i++) await made.send({ url: `http://127.0.0.1:${port}` }, MESSAGE, {});
    expect(ports.size).toBe(2);
  });

  test('that end before there is an answer say so', async () => {
    const port = await serve((request) => void request.socket.destroy());
    const made = sender({ rules: { allowed: [`127.0.0.1:${port}`] } });
    await expect(made.send({ url: `http://127.0.0.1:${port}` }, MESSAGE, {})).rejects.toThrow(/closed|ECONNRESET/);
  });

  test('carry no header that would end its line', async () => {
    const made = sender({ rules: { allowed: ['127.0.0.1:9'] } });
    const headers = { 'content-type': 'text/plain\r\nx-injected: 1' };
    await expect(made.send({ url: 'http://127.0.0.1:9' }, { ...MESSAGE, headers }, {})).rejects.toThrow(
      'cannot be sent as a header',
    );
  });
});

describe('a sink', () => {
  test.each([
    'http://127.0.0.1/',
    'http://127.1:8080/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://169.254.169.254/latest/meta-data',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/',
    'http://[fd00:ec2::23]/',
    'http://[::ffff:0:7f00:1]/',
    'http://[64:ff9b:1::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://[::127.0.0.1]/',
    'http://017700000001/',
    'http://0177.0.0.1/',
    'http://127.0.0.1./',
    'http://１２７.0.0.1/',
    'http://user:secret@127.0.0.1/',
    'http://168.63.129.16/',
    'http://100.100.100.200/',
    'http://255.255.255.255/',
    'http://0.0.0.0/',
    'https://224.0.0.1/',
  ])('at %s is refused', async (url) => {
    await expect(sender().send({ url }, MESSAGE, {})).rejects.toThrow('sinks there are refused');
  });

  test.each(['ftp://example.com', 'file:///etc/passwd', 'example.com', ''])('that is %s is no sink', async (url) => {
    await expect(sender().send({ url }, MESSAGE, {})).rejects.toThrow('is no http or https URL');
  });

  test('of which one address is forbidden is refused whichever would be dialled', async () => {
    const made = sender({ lookup: names(['192.0.2.1', '127.0.0.1']) });
    await expect(made.send({ url: 'http://sink.example' }, MESSAGE, {})).rejects.toThrow(
      'sink.example: 127.0.0.1:80 is an address',
    );
  });

  test('of which the name comes to mean another address is checked again: what was checked is what is dialled', async () => {
    const port = await serve((_request, response) => void response.writeHead(200, { connection: 'close' }).end());
    const made = sender({
      rules: { allowed: [`127.0.0.1:${port}`] },
      lookup: names(['127.0.0.1'], ['127.0.0.2']),
    });
    const url = `http://sink.example:${port}`;
    expect((await made.send({ url }, MESSAGE, {})).status).toBe(200);
    await expect(made.send({ url }, MESSAGE, {})).rejects.toThrow(`127.0.0.2:${port} is an address of this machine`);
  });

  test('at the API server is refused though its address is an ordinary one', () => {
    expect(addressTrouble('10.96.0.1', 443, { denied: ['10.96.0.1:443'] })).toBe('10.96.0.1:443 is no place for events');
    expect(addressTrouble('10.96.0.1', 80, { denied: ['10.96.0.1:443'] })).toBeUndefined();
    expect(addressTrouble('::ffff:10.96.0.1', 443, { denied: ['10.96.0.1:443'] })).toContain('is no place for events');
    expect(addressTrouble('fd00::0:1', 443, { denied: ['[fd00::1]:443'] })).toContain('is no place for events');
    expect(addressTrouble('fd00::1', 443, { denied: ['[fd00::2]:443'] })).toBeUndefined();
    expect(addressTrouble('fe80::1%eth0', 80, {})).toContain('sinks there are refused');
    expect(addressTrouble('::1', 80, { allowed: ['[0:0:0:0:0:0:0:1]:80'] })).toBeUndefined();
    expect(addressTrouble('2001:db8::1', 80, {})).toBeUndefined();
  });
});
