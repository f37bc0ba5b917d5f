import { connect, type Socket } from 'node:net';
import type { Clock } from '../../base';
import type { PodTarget } from './pod-transport';

/**
 * A connection to the target; undefined if nothing listens there, or does not answer in time. A socket that reached itself is no
 * listener: that happens on loopback when the port asked for is drawn as our own.
 */
export function tcpProbe(target: PodTarget, clock: Clock, timeoutMs: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: target.host, port: target.port, noDelay: true });
    const finish = (listening: boolean) => {
      timer.cancel();
      socket.removeListener('error', failed);
      if (!listening) socket.resetAndDestroy();
      resolve(listening ? socket : undefined);
    };
    const failed = () => finish(false);
    const timer = clock.after(timeoutMs, failed);
    socket.once('connect', () => finish(socket.localPort !== target.port || socket.localAddress !== socket.remoteAddress));
    socket.once('error', failed);
  });
}
