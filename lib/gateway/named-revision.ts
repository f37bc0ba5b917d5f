import { headerCount, headerValue, normalizeHost } from './headers';
import type { Inbound } from './message';

const NAMESPACE = 'knative-serving-namespace';
const REVISION = 'knative-serving-revision';
const ORIGINAL_HOST = 'k-original-host';

/** The fields by which an ingress tells an activator which revision a request is for; in lower case. */
export const REVISION_HEADERS: ReadonlySet<string> = new Set([NAMESPACE, REVISION]);

/** Names inside the cluster: what an ingress makes of a mapped domain. */
const LOCAL_HOST = /\.svc(\..+)?$/;

/** The revision that a request names by headers; undefined if it names none, and `unclear` if not exactly one. */
export function namedRevision({
  headers,
}: Inbound): { readonly namespace: string; readonly name: string } | 'unclear' | undefined {
  const counts = [headerCount(headers, NAMESPACE), headerCount(headers, REVISION)];
  if (counts.every((count) => count === 0)) return undefined;
  const namespace = headerValue(headers, NAMESPACE);
  const name = headerValue(headers, REVISION);
  return namespace && name && counts.every((count) => count === 1) ? { namespace, name } : 'unclear';
}

/** The host that was asked for: where the ingress in front has made a cluster-local name of it, it says so in a header. */
export function askedHost({ host, headers }: Inbound): string {
  return (LOCAL_HOST.test(normalizeHost(host)) && headerValue(headers, ORIGINAL_HOST)) || host;
}
