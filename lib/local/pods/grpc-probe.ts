import http2 from 'node:http2';

const SERVING = 1;
const STATUSES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];
const UNIMPLEMENTED = '12';

/**
 * Asks a server by the gRPC health checking protocol (grpc.health.v1.Health/Check). Resolves with undefined if it serves, or with
 * what is wrong, in a kubelet's words.
 * @param service which of the server's services; empty for the server as a whole
 */
export function checkGrpc(host: string, port: number, service: string, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const session = http2.connect(`http://${host.includes(':') ? `[${host}]` : host}:${port}`);
    const end = (problem: string | undefined): void => {
      signal.removeEventListener('abort', onAbort);
      session.destroy();
      resolve(problem);
    };
    const onAbort = (): void => end(`timeout: failed to connect service "${host}:${port}" in time`);
    signal.addEventListener('abort', onAbort, { once: true });
    const failed = (error: Error): void => end(`error: health rpc probe failed: ${error.message}`);
    session.on('error', failed);
    const call = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const body: Buffer[] = [];
    let status: unknown = '0';
    const seeStatus = (headers: http2.IncomingHttpHeaders): void => {
      status = headers['grpc-status'] ?? status;
    };
    call.on('response', seeStatus).on('trailers', seeStatus);
    call.on('data', (chunk: Buffer) => body.push(chunk)).on('error', failed);
    call.on('end', () => end(verdict(String(status), Buffer.concat(body))));
    call.end(question(service));
  });
}

function verdict(status: string, body: Buffer): string | undefined {
  if (status === UNIMPLEMENTED) return 'error: this server does not implement the grpc health protocol (grpc.health.v1.Health)';
  if (status !== '0') return `error: health rpc probe failed: grpc status ${status}`;
  const health = healthOf(body);
  return health === SERVING ? undefined : `service unhealthy (responded with "${STATUSES[health] ?? health}")`;
}

/** HealthCheckRequest in a frame: no compression, length, field 1 (the service) if there is one. */
function question(service: string): Buffer {
  const name = Buffer.from(service).subarray(0, 127);
  const message = name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, name.length]), name]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** HealthCheckResponse: field 1 (the status) as one byte; left out for UNKNOWN. */
function healthOf(frame: Buffer): number {
  const message = frame.subarray(5);
  return message[0] === 0x08 ? (message[1] ?? 0) : 0;
}
