import { DEFAULT_CLUSTER_DOMAIN } from '../../lib/api';

/** Where something with a host of its own is reached from inside the cluster. */
export interface Address {
  /** Host name inside the cluster: `hello.default.svc.cluster.local`. Without a namespace, that of `default`. */
  readonly host: string;
  /** URL inside the cluster: `http://hello.default.svc.cluster.local`. The public URL is known to the cluster alone. */
  readonly address: string;
}

/** The address inside the cluster that Knative gives a Service or Route. */
export function clusterAddress({ name, namespace }: { readonly name: string; readonly namespace: string | undefined }): Address {
  const host = `${name}.${namespace ?? 'default'}.svc.${DEFAULT_CLUSTER_DOMAIN}`;
  return { host, address: `http://${host}` };
}
