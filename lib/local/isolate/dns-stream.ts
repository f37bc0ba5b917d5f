import net from 'node:net';
import type { Clock } from '../../base';

/** Calls back with every DNS message of a TCP connection: each follows its length. */
export function onMessages(socket: net.Socket, onMessage: (message: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
      const end = 2 + rest.readUInt16BE(0);
      onMessage(rest.subarray(2, end));
      rest = rest.subarray(end);
    }
  });
}

/** Sends a DNS message on a TCP connection. */
export function sendMessage(socket: net.Socket, message: Buffer): void {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  socket.write(Buffer.concat([length, message]));
}

/** Asks a server once by TCP; undefined if it does not answer in time. */
export function askByTcp(
  host: string,
  port: number,
  query: Buffer,
  clock: Clock,
  timeoutMs: number,
): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port }, () => sendMessage(socket, query));
    const end = (answer: Buffer | undefined) => {
      timer.cancel();
      socket.destroy();
      resolve(answer);
    };
    const timer = clock.after(timeoutMs, () => end(undefined));
    onMessages(socket, end);
    socket.on('error', () => end(undefined));
    socket.on('close', () => end(undefined));
  });
}
