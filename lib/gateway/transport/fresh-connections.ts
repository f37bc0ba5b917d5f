import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../base';

/** How long a connection waits for its first request, in milliseconds: requests that waited for the pod come at once. */
const KEPT_MS = 100;

interface Fresh {
  readonly socket: Socket;
  readonly timer: Timer;
}

/**
 * Connections on which a pod was just found to listen, one for each pod: the first request that waited for it goes out on it at once,
 * instead of waiting until another connection is open. One that nobody takes is reset, not closed, so that frequent probes leave none waiting.
 */
export class FreshConnections {
  readonly #connections = new Map<string, Fresh>();

  constructor(private readonly clock: Clock) {}

  /** @param target as `targetKey` names it */
  put(target: string, socket: Socket): void {
    this.drop(target);
    const drop = () => {
      if (this.#connections.get(target)?.socket === socket) this.drop(target);
    };
    const timer = this.clock.after(KEPT_MS, drop);
    socket.once('error', drop).once('close', drop);
    this.#connections.set(target, { socket, timer });
  }

  /** The connection to a pod, if there is one that is open; it is the caller's from now on. */
  take(target: string): Socket | undefined {
    const fresh = this.#forget(target);
    if (!fresh) return undefined;
    fresh.socket.removeAllListeners('error').removeAllListeners('close');
    if (fresh.socket.readyState === 'open') return fresh.socket;
    fresh.socket.on('error', () => {}).destroy();
    return undefined;
  }

  drop(target: string): void {
    this.#forget(target)?.socket.resetAndDestroy();
  }

  close(): void {
    for (const target of [...this.#connections.keys()]) this.drop(target);
  }

  #forget(target: string): Fresh | undefined {
    const fresh = this.#connections.get(target);
    this.#connections.delete(target);
    fresh?.timer.cancel();
    return fresh;
  }
}
