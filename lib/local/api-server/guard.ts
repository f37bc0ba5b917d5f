import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { ClusterError } from '../../kube';

const BEARER = /^Bearer +([^\s]+) *$/i;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Lets nobody in but programs of this user on this machine that were given the token. A browser is the other way in: a page of
 * any site can send requests to a loopback port, directly or by a DNS name of its own that it points here. So the Host must be
 * a loopback name or address, no other origin is answered, and nothing tells a browser that it may read an answer.
 */
export class Guard {
  readonly #token: Buffer;

  constructor(token: string) {
    this.#token = digest(token);
  }

  /** @throws ClusterError Forbidden, MethodNotAllowed or Unauthorized */
  check(method: string | undefined, headers: IncomingHttpHeaders): void {
    const { host, origin, authorization } = headers;
    if (!isLoopback(hostName(host))) {
      throw forbidden(`this server is reached by a loopback name or address, not by the host ${JSON.stringify(host ?? '')}`);
    }
    if (origin !== undefined && origin !== `https://${host}`) {
      throw forbidden(`requests of the origin ${JSON.stringify(origin)} are not answered`);
    }
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none')
      throw forbidden('requests of other sites are not answered');
    if (method === 'OPTIONS' || method === 'TRACE' || method === 'CONNECT') {
      throw new ClusterError('MethodNotAllowed', 'the server does not allow this method on the requested resource');
    }
    const token = BEARER.exec(authorization ?? '')?.[1];
    if (!token || !this.isToken(token)) throw new ClusterError('Unauthorized', 'Unauthorized');
  }

  /** Digests have one length, so that the comparison takes the same time whatever was sent. */
  isToken(token: string): boolean {
    return timingSafeEqual(digest(token), this.#token);
  }
}

const forbidden = (message: string): ClusterError => new ClusterError('Forbidden', message);

/** The host without its port, or undefined if the header is none. */
function hostName(host: string | undefined): string | undefined {
  const parsed = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]@/]+))(?::\d+)?$/.exec(host ?? '');
  return (parsed?.[1] ?? parsed?.[2])?.toLowerCase();
}

function isLoopback(name: string | undefined): boolean {
  if (name === undefined) return false;
  if (isIP(name) === 4) return name.startsWith('127.');
  return name === 'localhost' || name === '::1';
}
