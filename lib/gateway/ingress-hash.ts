import { createHash } from 'node:crypto';
import type { HTTPIngressPath, IngressBackendSplit, IngressRule, IngressSpec, IngressTLS } from '../api';

/**
 * What an Ingress is known by in probes: SHA-256 of its spec as Go writes it in JSON, its namespace and its name
 * (knative.dev/networking, pkg/ingress ComputeHash).
 */
export function ingressHash(spec: IngressSpec, namespace: string, name: string): string {
  return createHash('sha256')
    .update(goJson(ordered(spec)))
    .update(namespace)
    .update(name)
    .digest('hex');
}

/** Escapes what Go's encoder escapes and JSON.stringify does not. */
function goJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

// Each of these puts fields in the order of upstream's struct; JSON.stringify leaves out what is undefined.

function ordered({ tls, rules, httpOption }: IngressSpec): object {
  return { tls: all(tls, tlsFields), rules: all(rules, ruleFields), httpOption: text(httpOption) };
}

function tlsFields({ hosts, secretName, secretNamespace }: IngressTLS): object {
  return { hosts: all(hosts), secretName: text(secretName), secretNamespace: text(secretNamespace) };
}

function ruleFields({ hosts, visibility, http }: IngressRule): object {
  return {
    hosts: all(hosts),
    visibility: text(visibility),
    http: http && { paths: http.paths?.map(pathFields) ?? null },
  };
}

function pathFields({ path, rewriteHost, headers, splits, appendHeaders }: HTTPIngressPath): object {
  return {
    path: text(path),
    rewriteHost: text(rewriteHost),
    headers: sorted(headers, ({ exact }) => ({ exact: exact ?? '' })),
    splits: splits?.map(splitFields) ?? null,
    appendHeaders: sorted(appendHeaders),
  };
}

function splitFields({ serviceNamespace, serviceName, servicePort, percent, appendHeaders }: IngressBackendSplit): object {
  return {
    serviceNamespace: serviceNamespace ?? '',
    serviceName: serviceName ?? '',
    servicePort: servicePort ?? 0,
    percent: percent || undefined,
    appendHeaders: sorted(appendHeaders),
  };
}

const text = (value: string | undefined): string | undefined => value || undefined;

function all<T>(list: readonly T[] | undefined, of: (item: T) => unknown = (item) => item): unknown[] | undefined {
  return list?.length ? list.map(of) : undefined;
}

/** As Go writes a map: by its keys' bytes. */
function sorted<T>(map: Readonly<Record<string, T>> | undefined, of: (value: T) => unknown = (value) => value): unknown {
  const keys = Object.keys(map ?? {});
  if (keys.length === 0) return undefined;
  return Object.fromEntries(
    keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).map((key) => [key, of(map![key]!)]),
  );
}
