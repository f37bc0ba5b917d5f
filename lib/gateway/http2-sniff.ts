import type { Socket } from 'node:net';
import type { Clock } from '../base';

/** How a client begins that speaks HTTP/2 without having asked (RFC 9113, 3.4). */
const PREFACE = Buffer.from('PRI * HTTP/2');

/**
 * Looks at the first bytes of a connection and hands it on with nothing read: `serve(true)` if they are HTTP/2's, else with `false` and those bytes. A client that
 * says nothing is sent away.
 */
export function sniffHttp2(
  socket: Socket,
  clock: Clock,
  timeoutMs: number,
  serve: (http2: boolean, beginning: Buffer) => void,
): void {
  const timer = clock.after(timeoutMs, () => socket.destroy());
  const onEnd = () => {
    timer.cancel();
    socket.destroy();
  };
  socket.on('error', onEnd);
  socket.once('close', onEnd);
  socket.once('data', (chunk) => {
    timer.cancel();
    socket.off('error', onEnd);
    socket.off('close', onEnd);
    socket.pause();
    socket.unshift(chunk);
    const length = Math.min(chunk.length, PREFACE.length);
    // A first packet shorter than the preface is taken by its beginning: no HTTP/1 method begins with PRI and a space.
    const http2 = length >= 4 && PREFACE.compare(chunk, 0, length, 0, length) === 0;
    serve(http2, chunk);
    // An HTTP/2 session reads what is buffered by itself; flowing, it would be lost.
    if (!http2) socket.resume();
  });
}
