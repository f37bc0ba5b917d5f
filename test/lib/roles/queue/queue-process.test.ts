import { once } from 'node:events';
import { request } from 'node:http';
import { connect, createServer, type IncomingHttpHeaders, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { Gated, Sidecar } from './sidecar';

let at: Sidecar;
const closers: (() => void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) close();
  await at.stop();
});

const NO_LIMITS = { total: 0, responseStart: 0, idle: 0 };

describe('the limit of a revision', () => {
  test('holds for whoever sends requests to the pod: more wait, in order', async () => {
    const user = new Gated();
    at = await Sidecar.of(user.handler, { concurrency: 1 });
    const answers = [at.send('/1'), at.send('/2')];
    await at.holds(2);
    expect(user.seen).toBe(1);
    user.open();
    expect((await Promise.all(answers)).map(({ status, body }) => [status, body])).toEqual([
      [200, 'done'],
      [200, 'done'],
    ]);
    expect(user.most).toBe(1);
  });

  test('lets ten times as many wait, and no more', async () => {
    const user = new Gated();
    at = await Sidecar.of(user.handler, { concurrency: 2 });
    const answers = Array.from({ length: 22 }, () => at.send());
    await at.holds(22);
    expect(await at.send()).toMatchObject({ status: 503, body: 'pending request queue full\n' });
    expect(user.seen).toBe(2);
    user.open();
    expect((await Promise.all(answers)).every(({ status }) => status === 200)).toBe(true);
    expect(user.most).toBe(2);
  });

  test('is none where the revision has none', async () => {
    const user = new Gated();
    at = await Sidecar.of(user.handler, { concurrency: 0 });
    const answers = Array.from({ length: 30 }, () => at.send());
    await at.holds(30);
    while (user.seen < 30) await new Promise(setImmediate);
    user.open();
    await Promise.all(answers);
    expect(user.most).toBe(30);
  });

  test('gives the place of a client that has gone to the next', async () => {
    const user = new Gated();
    at = await Sidecar.of(user.handler, { concurrency: 1 });
    const gone = request({ port: at.ports.requests, host: '127.0.0.1', agent: false });
    gone.on('error', () => {}).end();
    await at.holds(1);
    const next = at.send();
    await at.holds(2);
    gone.destroy();
    await at.holds(1);
    user.open();
    expect(await next).toMatchObject({ status: 200 });
  });
});

describe('the time limits of a revision', () => {
  const LATE = { status: 504, body: 'request timeout\n' };

  test.each(['total', 'responseStart', 'idle'] as const)('%s is over: 504 in upstream’s words', async (limit) => {
    at = await Sidecar.of(() => {}, { timeouts: { ...NO_LIMITS, [limit]: 30 } });
    expect(await at.send()).toMatchObject(LATE);
  });

  test('count while a request waits for its place', async () => {
    const user = new Gated();
    at = await Sidecar.of(user.handler, { concurrency: 1, timeouts: { ...NO_LIMITS, total: 100 } });
    const answers = await Promise.all(Array.from({ length: 10 }, () => at.send()));
    expect(answers).toMatchObject(Array(10).fill(LATE));
    // Each would have had its turn, had it been given the whole time then.
    expect(user.seen).toBeLessThan(10);
  });

  test('end an answer that has begun with the same words', async () => {
    at = await Sidecar.of((_request, response) => void response.write('begun, '), { timeouts: { ...NO_LIMITS, idle: 30 } });
    expect(await at.send()).toMatchObject({ status: 200, body: 'begun, request timeout' });
  });
});

describe('probes', () => {
  test('ask the container by the user’s probe', async () => {
    let status = 500;
    const paths: (string | undefined)[] = [];
    at = await Sidecar.of(
      ({ url }, response) => {
        paths.push(url);
        response.writeHead(status).end();
      },
      { probe: { httpGet: { path: '/ready', port: 0 }, periodSeconds: 1 } },
    );
    expect(await at.probe()).toMatchObject({ status: 503 });
    status = 200;
    expect(await at.probe()).toMatchObject({ status: 200, body: 'queue' });
    // Who only calls himself so asks the container.
    expect(await at.send('/any', { 'user-agent': 'kube-probe/1.34' })).toMatchObject({ status: 200, body: '' });
    expect(paths).toEqual(['/ready', '/ready', '/any']);
  });

  test('of others are refused by what they ask for', async () => {
    at = await Sidecar.of(() => {});
    expect(await at.probe('activator')).toMatchObject({ status: 400, body: 'unexpected probe header value: activator\n' });
  });

  test('wait for a container that is about to be ready where the probe has no period, with one answer for all', async () => {
    const seen: boolean[] = [];
    at = await Sidecar.of(
      (_request, response) => {
        seen.push(seen.length > 3);
        response.writeHead(seen.at(-1) ? 200 : 503).end();
      },
      { probe: { httpGet: { path: '/', port: 0 } } },
    );
    const answers = await Promise.all([at.probe(), at.probe(), at.probe()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(seen).toEqual([false, false, false, false, true]);
  });

  test('take no place in the container', async () => {
    const user = new Gated();
    at = await Sidecar.of(user.handler, { concurrency: 1 });
    const answer = at.send();
    await at.holds(1);
    expect(await at.probe()).toMatchObject({ status: 200 });
    user.open();
    await answer;
  });
});

test('the container sees the host that was asked for, who asks, and nothing of the platform’s own', async () => {
  at = await Sidecar.of((request, response) => response.end(JSON.stringify(request.headers)));
  const told = {
    'K-Original-Host': 'asked.example',
    'Knative-Serving-Revision': 'hello-00001',
    'X-Forwarded-For': '192.0.2.1',
    'X-Forwarded-Proto': 'https',
  };
  const { host, forwarded, 'x-forwarded-for': hops, ...seen } = JSON.parse((await at.send('/', told)).body);
  expect({ host, hops }).toEqual({ host: 'asked.example', hops: '192.0.2.1, 127.0.0.1' });
  expect(forwarded).toMatch(/^for=192\.0\.2\.1;host=.*;proto=https, for=127\.0\.0\.1$/);
  expect(seen).not.toHaveProperty('knative-serving-revision');
  expect(seen).not.toHaveProperty('k-original-host');
});

test('a container that does not listen is a bad gateway', async () => {
  at = await Sidecar.of(() => {});
  await new Promise((resolve) => at.user!.close(resolve));
  expect(await at.send()).toMatchObject({ status: 502 });
  expect(await at.probe()).toMatchObject({ status: 503 });
});

test('a WebSocket goes through and has its place in the container as long as it lasts', async () => {
  at = await Sidecar.of((_request, response) => response.end('next'), { concurrency: 1 });
  const sockets = new WebSocketServer({ server: at.user! });
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(`echo ${data}`)));
  const socket = new WebSocket(`ws://127.0.0.1:${at.ports.requests}/`);
  closers.push(() => socket.terminate());
  await once(socket, 'open');
  socket.send('hello');
  expect(String((await once(socket, 'message'))[0])).toBe('echo hello');
  const next = at.send();
  await at.holds(2);
  socket.close();
  expect(await next).toMatchObject({ status: 200, body: 'next' });
});

test('HTTP/2 goes end to end, with trailers', async () => {
  const user = createServer();
  const sessions = new Set<ServerHttp2Session>();
  user.on('session', (session) => sessions.add(session));
  user.on('stream', (stream, headers) => {
    stream.respond({ ':status': 200, 'x-authority': headers[':authority'] }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end('streamed');
  });
  await new Promise<void>((resolve) => user.listen(0, '127.0.0.1', resolve));
  at = await Sidecar.at((user.address() as AddressInfo).port, { protocol: 'h2c' });
  const client = connect(`http://127.0.0.1:${at.ports.requests}`);
  closers.push(() => {
    client.destroy();
    for (const session of sessions) session.destroy();
    user.close();
  });
  const stream = client.request({ ':authority': 'hello.example', te: 'trailers' });
  let body = '';
  let trailers: IncomingHttpHeaders = {};
  stream.on('data', (chunk) => (body += chunk));
  stream.on('trailers', (fields) => (trailers = fields));
  const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders];
  await once(stream, 'close');
  expect([headers[':status'], headers['x-authority'], body, trailers['grpc-status']]).toEqual([
    200,
    'hello.example',
    'streamed',
    '0',
  ]);
});

describe('the end of a pod', () => {
  test('first nothing is to be sent, then what is inside ends, and then the containers may', async () => {
    const user = new Gated();
    at = await Sidecar.of(user.handler, { concurrency: 1 });
    const [inside, waiting] = [at.send('/inside'), at.send('/waiting')];
    await at.holds(2);
    const open = at.probe();
    expect(await open).toMatchObject({ status: 200 });
    at.interrupt();
    let drained = false;
    const hook = at.send('/wait-for-drain', {}, at.ports.admin).then((answer) => {
      drained = true;
      return answer;
    });
    // Whoever has looked this place up already still gets here while the last requests end.
    await at.metrics();
    expect(drained).toBe(false);
    user.open();
    expect(await inside).toMatchObject({ status: 200, headers: { connection: 'close' } });
    expect(await waiting).toMatchObject({ status: 200 });
    expect(await hook).toMatchObject({ status: 200 });
    expect(await at.ended).toBe(true);
    await expect(at.send()).rejects.toThrow('ECONNREFUSED');
    expect(user.most).toBe(1);
  });

  test('a second signal ends the process at once', async () => {
    const user = new Gated();
    at = await Sidecar.of(user.handler);
    const cut = at.send().catch(() => {});
    await at.holds(1);
    at.interrupt();
    at.interrupt();
    expect(await at.ended).toBe(false);
    user.open();
    await cut;
  });
});

test('metrics have upstream’s names, and say whose they are', async () => {
  const user = new Gated();
  user.open();
  at = await Sidecar.of(user.handler);
  await at.send();
  while (!(await at.metrics()).includes('kn_serving_queue_depth 0')) await new Promise(setImmediate);
  const text = await at.metrics();
  expect(text).toContain('kn_serving_invocation_duration_seconds_count{http_response_status_code="200"} 1');
  expect(text).toContain(
    'http_server_request_duration_seconds_count{http_request_method="GET",http_response_status_code="200"} 1',
  );
  expect(text).toMatch(/^target_info\{.*k8s_pod_name="hello-1".*kn_revision_name="hello-00001".*\} 1$/m);
});
