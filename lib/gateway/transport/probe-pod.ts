import type { Socket } from 'node:net';
import type { Clock } from '../../base';
import { Cancellation } from '../cancellation';
import type { PodProbe, PodTarget, PodTransport } from './pod-transport';
import { tcpProbe } from './tcp-probe';

/**
 * Asks a pod over its socket whether it can serve. A listening socket is looked for first, also where HTTP is wanted: it is
 * cheap, and most probes come before the pod listens. The request itself goes through `transport`, whose connection the pod's
 * first real request then finds open; `onConnected` gets the connection on which the pod was found to listen, else it is reset.
 */
export async function probePod(
  transport: Pick<PodTransport, 'send'>,
  clock: Clock,
  target: PodTarget,
  probe: PodProbe,
  timeoutMs: number,
  onConnected: (socket: Socket) => void = (socket) => socket.resetAndDestroy(),
): Promise<boolean> {
  const deadline = clock.monotonic() + timeoutMs;
  const socket = await tcpProbe(target, clock, timeoutMs);
  if (!socket) return false;
  onConnected(socket);
  if (probe.kind === 'tcp') return true;
  const cancellation = new Cancellation();
  const timer = clock.after(deadline - clock.monotonic(), () => cancellation.abort(new Error('probe timed out')));
  try {
    const request = { method: 'GET', target: probe.path, headers: probe.headers, body: null };
    const { status, body } = await transport.send(target, request, cancellation);
    if (body && 'destroy' in body) body.on('error', () => {}).destroy();
    return status >= 200 && status < 400;
  } catch {
    return false;
  } finally {
    timer.cancel();
  }
}
