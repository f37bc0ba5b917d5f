/** How names of the cluster are reached from processes on this machine. */
export interface LocalNames {
  /** The loopback URL for a cluster host (`hello.default.svc.cluster.local`), or undefined if it is not a name that can be reached so. */
  urlFor(host: string): Promise<string | undefined>;
  /** Where the gateway takes requests by cluster host name, for programs that can be taught to (Node). */
  readonly internal: { readonly host: string; readonly port: number } | undefined;
  /** Namespaces for which `<name>.<namespace>` is a name, besides the pod's own. */
  namespaces?(): readonly string[];
}

/** No names: values stay as they are. */
export const noNames: LocalNames = { urlFor: async () => undefined, internal: undefined };

/**
 * The value for a program on this machine: an http URL whose host is a cluster name is given as a loopback URL with
 * the same path and query; everything else stays as it is.
 */
export async function localUrl(value: string, names: LocalNames): Promise<string> {
  if (!/^https?:\/\/[^/?#]*\.svc(\.cluster\.local)?(:80)?([/?#]|$)/i.test(value) || !URL.canParse(value)) return value;
  const url = new URL(value);
  const local = await names.urlFor(url.hostname);
  if (local === undefined) return value;
  const rest = value.slice(value.indexOf('//') + 2).replace(/^[^/?#]*/, '');
  return local.replace(/\/$/, '') + rest;
}
