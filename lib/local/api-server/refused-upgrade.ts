import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Status } from './status';

/** Answers a request for another protocol with a refusal, and ends the connection. */
export function refuseUpgrade(socket: Duplex, status: Status): void {
  const body = `${JSON.stringify(status)}\n`;
  const code = status.code ?? 500;
  const head = [
    `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
