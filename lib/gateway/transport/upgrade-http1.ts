import { request as httpRequest } from 'node:http';
import { errorMessage } from '../../base';
import type { CancelSignal } from '../cancellation';
import { type PodRequest, type PodTarget, TransportError, type UpgradeResponse } from './pod-transport';

/** Asks a pod to change protocols, on a connection of its own. */
export function upgradeOverHttp1(target: PodTarget, request: PodRequest, signal: CancelSignal): Promise<UpgradeResponse> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    let connected = false;
    const outgoing = httpRequest({
      host: target.host,
      port: target.port,
      method: request.method,
      path: request.target,
      headers: request.headers as string[],
      agent: false,
      setHost: false,
    });
    const onAbort = () => outgoing.destroy(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    outgoing.on('socket', (socket) => socket.once('connect', () => (connected = true)));
    outgoing.on('upgrade', (response, socket, head) => {
      signal.removeEventListener('abort', onAbort);
      resolve({ upgraded: true, headers: response.rawHeaders, socket, head });
    });
    outgoing.on('response', (response) => {
      const answer = { status: response.statusCode ?? 502, headers: response.rawHeaders, body: response };
      resolve({ upgraded: false, response: { ...answer, trailers: () => response.rawTrailers } });
    });
    outgoing.on('error', (error) => {
      if (signal.aborted) reject(signal.reason);
      else reject(new TransportError(connected ? 'after-write' : 'before-write', errorMessage(error)));
    });
    outgoing.end();
  });
}
