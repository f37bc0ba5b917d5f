import { plainText } from './failure';
import { headerValue } from './headers';
import type { Inbound, Outbound } from './message';

const PROBE_HEADER = 'k-network-probe';
const HASH_HEADER = 'k-network-hash';

/** Where the gateway says whether it serves. */
export const HEALTH_PATH = '/healthz';

/**
 * Answers the probes of Knative's own parts and of the kubelet; undefined for any other request.
 *
 * `K-Network-Hash: override` asks which version of its Ingress a host is served by; `K-Network-Probe: probe` echoes a hash;
 * `K-Network-Probe: activator` asks whether a request comes through here (knative.dev/networking, pkg/http/probe).
 *
 * @param ingressHash the hash of the Ingress that serves the request's host and path.
 */
export function answerProbe(
  inbound: Inbound,
  path: string,
  draining: boolean,
  ingressHash: () => string | undefined,
): Outbound | undefined {
  const hash = headerValue(inbound.headers, HASH_HEADER);
  if (hash === 'override') {
    const actual = ingressHash();
    return actual === undefined ? undefined : withHash(actual);
  }
  const probe = headerValue(inbound.headers, PROBE_HEADER);
  if (probe !== undefined) {
    if (draining) return plainText(503, 'shutting down');
    if (probe === 'activator') return { status: 200, headers: ['Content-Type', 'text/plain'], body: Buffer.from('activator') };
    if (probe !== 'probe') return plainText(400, `unexpected probe header value: ${JSON.stringify(probe)}`);
    return hash ? withHash(hash) : plainText(400, 'a probe request must contain a non-empty "K-Network-Hash" header');
  }
  if (path !== HEALTH_PATH || !headerValue(inbound.headers, 'user-agent')?.startsWith('kube-probe/')) return undefined;
  return draining ? plainText(503, 'shutting down') : plainText(200, 'ok');
}

const withHash = (hash: string): Outbound => ({
  status: 200,
  headers: ['K-Network-Hash', hash, 'Content-Length', '0'],
  body: null,
});
