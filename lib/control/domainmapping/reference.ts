import {
  type DomainMapping,
  eventingGroups,
  type KReference,
  type ResourceType,
  referenceText,
  type Stored,
  servedTypes,
} from '../../api';
import type { Observed } from '../reconciler';
import { addressableAmong, resolveReference, ResolveError as TargetError, typeAmong } from '../resolve';

/** A target cannot be resolved; the message is what the status says. */
export { ResolveError as TargetError } from '../resolve';

/** Where a mapping leads: a Kubernetes Service of its own namespace, by the name under which it is called. */
export interface ResolvedTarget {
  readonly host: string;
  readonly service: string;
}

/** Kinds that a mapping can lead to. */
export const addressableTypes: readonly ResourceType[] = addressableAmong(servedTypes);

/** Those of them that there are without Eventing. */
export const servingAddressableTypes: readonly ResourceType[] = addressableTypes.filter(
  ({ group }) => !eventingGroups.includes(group),
);

/** The URL of a target. @throws TargetError if there is no such object, or it has no address yet */
function urlOf(ref: KReference, types: readonly ResourceType[], observed: Observed, clusterDomain: string): string {
  if (!typeAmong(types, ref)) throw new TargetError(`address not set for ${referenceText(ref)}`);
  return resolveReference(ref, types, observed, clusterDomain).url;
}

/**
 * Resolves the target of a mapping, whose namespace has been filled in.
 *
 * @param types the kinds that it may be of
 * @throws TargetError if it has no address, or one that is not that of a Kubernetes Service of the mapping's namespace
 */
export function resolveTarget(
  { metadata, spec }: Stored<DomainMapping>,
  types: readonly ResourceType[],
  observed: Observed,
  clusterDomain: string,
): ResolvedTarget {
  const text = urlOf(spec.ref, types, observed, clusterDomain);
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
