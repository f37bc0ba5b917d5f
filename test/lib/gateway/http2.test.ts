import { type ClientHttp2Session, connect, createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { HOST, SocketWorld } from './sockets';

let at: SocketWorld;
afterEach(() => at.stop());

const H2C = { containers: [{ image: 'x', ports: [{ name: 'h2c', containerPort: 8080 }] }] };

/** A pod that speaks HTTP/2 from the first byte. */
async function http2Pod(onStream: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void): Promise<void> {
  const server = createServer();
  server.on('stream', onStream);
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => sessions.add(session));
  at.closers.push(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await at.world.pod('r', (server.address() as AddressInfo).port);
  await at.settle();
}

function session(): ClientHttp2Session {
  const client = connect(`http://127.0.0.1:${at.port}`);
  client.on('error', () => {});
  at.closers.push(() => client.destroy());
  return client;
}

function call(client: ClientHttp2Session, headers: Record<string, string>, body?: string) {
  return new Promise<{ headers: IncomingHttpHeaders; trailers: IncomingHttpHeaders; body: string }>((resolve, reject) => {
    const stream = client.request({ ':authority': HOST, ...headers }, { endStream: body === undefined });
    let answer: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders = {};
    let text = '';
    stream.on('response', (fields) => {
      answer = fields;
    });
    stream.on('trailers', (fields) => {
      trailers = fields;
    });
    stream.on('data', (chunk) => {
      text += chunk;
    });
    stream.on('error', reject);
    stream.on('close', () => resolve({ headers: answer, trailers, body: text }));
    if (body !== undefined) stream.end(body);
  });
}

describe('HTTP/2 without TLS', () => {
  test('goes end to end with trailers, as gRPC needs it', async () => {
    at = await new SocketWorld().start(H2C);
    await http2Pod((stream, headers) => {
      stream.respond(
        { ':status': 200, 'content-type': 'application/grpc', 'x-te': String(headers.te), 'x-authority': headers[':authority'] },
        { waitForTrailers: true },
      );
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.pipe(stream);
    });
    const answer = await call(session(), { ':method': 'POST', ':path': '/pkg.Svc/Do', te: 'trailers' }, 'message');
    expect(answer.body).toBe('message');
    expect(answer.headers).toMatchObject({ ':status': 200, 'x-te': 'trailers', 'x-authority': HOST });
    expect(answer.trailers).toMatchObject({ 'grpc-status': '0' });
  });

  test('tells the pod the address of the client', async () => {
    at = await new SocketWorld().start(H2C);
    await http2Pod((stream, headers) => {
      stream.respond({ ':status': 200 });
      stream.end(String(headers['x-forwarded-for']));
    });
    expect((await call(session(), {})).body).toBe('127.0.0.1');
  });

  test('streams both ways at once', async () => {
    at = await new SocketWorld().start(H2C);
    await http2Pod((stream) => {
      stream.respond({ ':status': 200 });
      stream.pipe(stream);
    });
    const stream = session().request({ ':authority': HOST, ':method': 'POST', ':path': '/' });
    for (const word of ['one', 'two', 'three']) {
      stream.write(word);
      expect(String(await new Promise((resolve) => stream.once('data', resolve)))).toBe(word);
    }
    stream.end();
    stream.resume();
  });

  test('from a client reaches pods that speak HTTP/1.1, and repeated fields stay repeated', async () => {
    at = await new SocketWorld().start();
    await at.pod((req, res) => {
      res.writeHead(200, { 'Set-Cookie': ['a=1', 'b=2'], Connection: 'keep-alive', 'X-Version': req.httpVersion });
      req.pipe(res);
    });
    const client = session();
    const [first, second] = await Promise.all(['1', '2'].map((body) => call(client, { ':method': 'POST', ':path': '/' }, body)));
    expect([first?.body, second?.body]).toEqual(['1', '2']);
    expect(first?.headers).toMatchObject({ 'set-cookie': ['a=1', 'b=2'], 'x-version': '1.1' });
  });

  test('from a pod reaches clients that speak HTTP/1.1', async () => {
    at = await new SocketWorld().start(H2C);
    await http2Pod((stream) => {
      stream.respond({ ':status': 201, 'x-a': 'b' });
      stream.end('two');
    });
    expect(await at.send()).toMatchObject({ status: 201, body: 'two', headers: { 'x-a': 'b' } });
  });

  test('to an unknown host is answered 404', async () => {
    at = await new SocketWorld().start();
    expect((await call(session(), { ':authority': 'unknown.example.com', ':path': '/' })).headers[':status']).toBe(404);
  });

  test('ends the request in the pod when the client resets the stream', async () => {
    at = await new SocketWorld().start(H2C);
    let reset = () => {};
    const closed = new Promise<void>((resolve) => {
      reset = resolve;
    });
    await http2Pod((stream) => {
      stream.on('error', () => {});
      stream.on('close', reset);
      stream.respond({ ':status': 200 });
      stream.write('begin');
    });
    const stream = session().request({ ':authority': HOST, ':path': '/' });
    stream.on('error', () => {});
    await new Promise((resolve) => stream.once('data', resolve));
    stream.close(8);
    await closed;
  });

  test.each([
    ['resets the stream', (stream: ServerHttp2Stream) => stream.destroy(new Error('broken'))],
    ['ends the connection', (stream: ServerHttp2Stream) => stream.session?.destroy()],
  ])('is broken off for the client when the pod %s', async (_how, breakOff) => {
    at = await new SocketWorld().start(H2C);
    await http2Pod((stream) => {
      stream.on('error', () => {});
      stream.respond({ ':status': 200 });
      stream.write('half');
      setTimeout(() => breakOff(stream), 20);
    });
    await expect(call(session(), { ':path': '/' })).rejects.toThrow('INTERNAL_ERROR');
    await expect(at.send()).rejects.toThrow();
  });

  test('with the request inside costs one 502 when the pod ends before it answers', async () => {
    at = await new SocketWorld().start(H2C);
    let calls = 0;
    await http2Pod((stream) => {
      calls++;
      stream.on('error', () => {});
      setTimeout(() => stream.session?.destroy(), 20);
    });
    expect((await call(session(), { ':path': '/' })).headers[':status']).toBe(502);
    expect(calls).toBe(1);
  });
});
