import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { RunningContainer } from '../../../../lib/local/pods';
import { checkProbe } from '../../../../lib/local/pods/probe-check';

const servers: http2.Http2Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

type Answer = (stream: http2.ServerHttp2Stream, asked: { path: string | undefined; body: Buffer }) => void;

async function serve(answer: Answer): Promise<number> {
  const server = http2.createServer();
  servers.push(server);
  server.on('stream', (stream, headers) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => answer(stream, { path: headers[':path'], body: Buffer.concat(chunks) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Answers as a gRPC server: the message in a frame, the status in a trailer. */
const reply = (stream: http2.ServerHttp2Stream, message: number[], status = '0'): void => {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status }));
  stream.end(Buffer.from([0, 0, 0, 0, message.length, ...message]));
};

const check = (port: number, service?: string, signal = new AbortController().signal) => {
  const probe = { grpc: { port: 9000, ...(service === undefined ? {} : { service }) } };
  const target = { container: {}, address: { ip: '127.0.0.1', ports: { '9000': port } }, running: {} as RunningContainer };
  return checkProbe(probe, target, signal);
};

test('a grpc probe asks the health service about the server, or about the service it names', async () => {
  const asked: string[] = [];
  const port = await serve((stream, { path, body }) => {
    asked.push(`${path} ${body.subarray(7).toString()}`);
    reply(stream, [8, 1]);
  });
  expect(await check(port)).toBeUndefined();
  expect(await check(port, 'shop.Cart')).toBeUndefined();
  expect(asked).toEqual(['/grpc.health.v1.Health/Check ', '/grpc.health.v1.Health/Check shop.Cart']);
});

test.each([
  ['does not serve', [8, 2], '0', 'service unhealthy (responded with "NOT_SERVING")'],
  ['does not know', [], '0', 'service unhealthy (responded with "UNKNOWN")'],
  ['has no health service', [], '12', 'error: this server does not implement the grpc health protocol (grpc.health.v1.Health)'],
  ['fails', [], '13', 'error: health rpc probe failed: grpc status 13'],
])('a server that %s fails the probe', async (_what, message, status, problem) => {
  expect(await check(await serve((stream) => reply(stream, message, status)))).toBe(problem);
});

test('so does one that is not there, or does not answer in time', async () => {
  expect(await check(1)).toMatch(/^error: health rpc probe failed: .*ECONNREFUSED/);
  const asking = new AbortController();
  const port = await serve(() => asking.abort());
  expect(await check(port, undefined, asking.signal)).toBe(`timeout: failed to connect service "127.0.0.1:${port}" in time`);
});
