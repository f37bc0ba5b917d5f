import { connect } from 'node:net';
import type { Clock } from '../../base';
import type { PodTarget } from './pod-transport';

/**
 * True if something listens at the target. The connection is reset, not closed, so that frequent probes leave none waiting.
 * A socket that reached itself is no listener: that happens on loopback when the port asked for is drawn as our own.
 */
export function tcpProbe(target: PodTarget, clock: Clock, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: target.host, port: target.port, noDelay: true });
    const finish = (listening: boolean) => {
      timer.cancel();
      socket.resetAndDestroy();
      resolve(listening);
    };
    const timer = clock.after(timeoutMs, () => finish(false));
    socket.once('connect', () => finish(socket.localPort !== target.port || socket.localAddress !== socket.remoteAddress));
    socket.once('error', () => finish(false));
  });
}
