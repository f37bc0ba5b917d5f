import {
  apiVersionOf,
  type DomainMapping,
  K8sServiceType,
  type KReference,
  type KubeObject,
  type ResourceType,
  referenceText,
  resolveSchema,
  type Stored,
  schemaOf,
  servedTypes,
} from '../../api';
import type { Observed } from '../reconciler';

/** A target cannot be resolved; the message is what the status says. */
export class TargetError extends Error {}

/** Where a mapping leads: a Kubernetes Service of its own namespace, by the name under which it is called. */
export interface ResolvedTarget {
  readonly host: string;
  readonly service: string;
}

interface Address {
  readonly name?: string;
  readonly url?: string;
}

/** Whether objects of a kind say in their status where they are reached. */
function hasAddress(type: ResourceType): boolean {
  const status = schemaOf(apiVersionOf(type), type.kind)?.properties?.status;
  return status !== undefined && 'address' in (resolveSchema(status).properties ?? {});
}

/** Kinds that have an address by their shape, and the Services of Kubernetes, which have one by their name. */
export const addressableTypes: readonly ResourceType[] = [
  K8sServiceType,
  ...servedTypes.filter((type) => type !== K8sServiceType && hasAddress(type)),
];

/** The kind of a target, if objects of that kind can be one. */
export function targetType({ apiVersion, kind }: KReference): ResourceType | undefined {
  return addressableTypes.find((type) => apiVersionOf(type) === apiVersion && type.kind === kind);
}

/** The address that an object has, chosen as the reference says. */
function addressOf(target: KubeObject, ref: KReference): Address {
  const { address, addresses = [] } = (target.status ?? {}) as { readonly address?: Address; readonly addresses?: Address[] };
  if (!address && addresses.length === 0) throw new TargetError(`address not set for ${referenceText(ref)}`);
  if (!ref.address) return addresses[0] ?? address!;
  const named = addresses.find(({ name }) => name === ref.address);
  if (!named) throw new TargetError(`address with name ${JSON.stringify(ref.address)} not found for ${referenceText(ref)}`);
  return named;
}

/** The URL of a target. @throws TargetError if there is no such object, or it has no address yet */
function urlOf(ref: KReference, observed: Observed, clusterDomain: string): string {
  const { namespace = '', name } = ref;
  const type = targetType(ref);
  if (!type) throw new TargetError(`address not set for ${referenceText(ref)}`);
  const target = observed.get(type, namespace, name);
  if (!target) {
    const resource = type.group ? `${type.plural}.${type.group}` : type.plural;
    throw new TargetError(`failed to get object ${namespace}/${name}: ${resource} ${JSON.stringify(name)} not found`);
  }
  if (type === K8sServiceType) return `http://${name}.${namespace}.svc.${clusterDomain}`;
  const { url } = addressOf(target, ref);
  if (!url) throw new TargetError(`URL missing in address of ${referenceText(ref)}`);
  return url;
}

/**
 * Resolves the target of a mapping, whose namespace has been filled in.
 *
 * @throws TargetError if it has no address, or one that is not that of a Kubernetes Service of the mapping's namespace
 */
export function resolveTarget(
  { metadata, spec }: Stored<DomainMapping>,
  observed: Observed,
  clusterDomain: string,
): ResolvedTarget {
  const text = urlOf(spec.ref, observed, clusterDomain);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url?.host) throw new TargetError(`hostname missing in address of ${referenceText(spec.ref)}`);
  const said = `resolved URI ${JSON.stringify(text)}`;
  if (url.pathname !== '/') throw new TargetError(`${said} contains a path`);
  const suffix = `.svc.${clusterDomain}`;
  const [service, namespace, ...rest] = url.host.endsWith(suffix) ? url.host.slice(0, -suffix.length).split('.') : [];
  if (!service || !namespace || rest.length > 0) {
    throw new TargetError(`${said} must be of the form {name}.{namespace}${suffix}`);
  }
  if (namespace !== metadata.namespace) throw new TargetError(`${said} must be in same namespace as DomainMapping`);
  return { host: url.host, service };
}
