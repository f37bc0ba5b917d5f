import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http2 from 'node:http2';
import os from 'node:os';
import path from 'node:path';
import { RealSystem } from './support/real-system';

/** A gRPC-like server: HTTP/2 without TLS alone, an answer in parts, and the outcome in the trailers. */
const PROGRAM = `
const server = require('node:http2').createServer();
server.on('stream', (stream, headers) => {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', 'x-path': headers[':path'] }));
  stream.pipe(stream);
});
server.listen(process.env.PORT);
process.on('SIGTERM', () => process.exit(0));
`;

let folder = '';
let real: RealSystem;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'knc-h2c-'));
  writeFileSync(path.join(folder, 'server.js'), PROGRAM);
  real = await RealSystem.start([{ image: 'example.com/echo', program: { command: ['node', 'server.js'], cwd: folder } }]);
});

afterAll(async () => {
  await real.stop();
  rmSync(folder, { recursive: true });
});

test('a service whose port is named h2c is called in HTTP/2 end to end, from zero, with its trailers', async () => {
  const container = { image: 'example.com/echo', ports: [{ name: 'h2c', containerPort: 8080 }] };
  const annotations = { 'autoscaling.knative.dev/initial-scale': '0' };
  await real.apply({
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name: 'echo', namespace: 'default' },
    spec: { template: { metadata: { annotations }, spec: { containers: [container] } } },
  });
  const session = http2.connect(`http://127.0.0.1:${real.port}`);
  const stream = session.request({
    ':method': 'POST',
    ':path': '/echo.Echo/Say',
    ':authority': 'echo.default.127.0.0.1.sslip.io',
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  stream.end('hello over h2');
  const [headers, trailers, body] = await new Promise<[http2.IncomingHttpHeaders, http2.IncomingHttpHeaders, string]>(
    (resolve, reject) => {
      let head = {};
      let tail = {};
      let text = '';
      stream.on('response', (received) => {
        head = received;
      });
      stream.on('trailers', (received) => {
        tail = received;
      });
      stream.on('data', (chunk) => {
        text += chunk;
      });
      stream.on('end', () => resolve([head, tail, text]));
      stream.on('error', reject);
    },
  );
  session.close();
  expect([headers[':status'], body]).toEqual([200, 'hello over h2']);
  expect(trailers).toMatchObject({ 'grpc-status': '0', 'x-path': '/echo.Echo/Say' });
});
