import {
  type Addressable,
  apiVersionOf,
  K8sServiceType,
  type KReference,
  type KubeObject,
  type ResourceType,
  referenceText,
  resolveSchema,
  schemaOf,
} from '../../api';
import type { Observed } from '../reconciler';

/** A reference or destination leads nowhere yet; the message is upstream's, and what a status says. */
export class ResolveError extends Error {}

/** Whether objects of a kind say in their status where they are reached. */
function hasAddress(type: ResourceType): boolean {
  const status = schemaOf(apiVersionOf(type), type.kind)?.properties?.status;
  return status !== undefined && 'address' in (resolveSchema(status).properties ?? {});
}

/** Those of the kinds that have an address by their shape, and the Services of Kubernetes, which have one by their name. */
export function addressableAmong(types: readonly ResourceType[]): readonly ResourceType[] {
  return [K8sServiceType, ...new Set(types)].filter((type, i, all) => all.indexOf(type) === i && (i === 0 || hasAddress(type)));
}

/** The kind that a reference names, if it is one of these. */
export function typeAmong(
  types: readonly ResourceType[],
  { apiVersion, kind }: Pick<KReference, 'apiVersion' | 'kind'>,
): ResourceType | undefined {
  return types.find((type) => apiVersionOf(type) === apiVersion && type.kind === kind);
}

/** As an API server says that there is no such object: `brokers.eventing.knative.dev "orders" not found`. */
export function notFoundText(type: ResourceType, name: string): string {
  return `${type.group ? `${type.plural}.${type.group}` : type.plural} ${JSON.stringify(name)} not found`;
}

/** The address that an object has, chosen as the reference says. @throws ResolveError */
export function addressOf(target: KubeObject, ref: KReference): Addressable {
  const { address, addresses = [] } = (target.status ?? {}) as {
    readonly address?: Addressable;
    readonly addresses?: readonly Addressable[];
  };
  if (!address && addresses.length === 0) throw new ResolveError(`address not set for ${referenceText(ref)}`);
  if (!ref.address) return addresses[0] ?? address!;
  const named = addresses.find(({ name }) => name === ref.address);
  if (!named) throw new ResolveError(`address with name ${JSON.stringify(ref.address)} not found for ${referenceText(ref)}`);
  return named;
}

/**
 * The address of what a reference names, whose namespace has been filled in. Tells apart an object that is not there (`failed to get
 * object`), and one that has no address yet (`address not set`).
 *
 * @param types the kinds that can be named
 * @throws ResolveError
 */
export function resolveReference(
  ref: KReference,
  types: readonly ResourceType[],
  observed: Pick<Observed, 'get'>,
  clusterDomain: string,
): Addressable & { readonly url: string } {
  const { namespace = '', name } = ref;
  const type = typeAmong(types, ref);
  if (!type) {
    const why = 'no objects of this kind that have an address are served here';
    throw new ResolveError(`failed to get lister for ${ref.apiVersion}, Kind=${ref.kind}: ${why}`);
  }
  const target = observed.get(type, namespace, name);
  if (!target) throw new ResolveError(`failed to get object ${namespace}/${name}: ${notFoundText(type, name)}`);
  if (type === K8sServiceType) return { url: `http://${name}.${namespace}.svc.${clusterDomain}` };
  const { url, ...rest } = addressOf(target, ref);
  if (!url) throw new ResolveError(`URL missing in address of ${referenceText(ref)}`);
  if (!URL.canParse(url) || !new URL(url).host) throw new ResolveError(`hostname missing in address of ${referenceText(ref)}`);
  return { ...rest, url };
}
