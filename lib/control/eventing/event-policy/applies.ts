import { type EventPolicy, type KubeObject, type ResourceType, selectorMatches } from '../../../api';

const groupOf = (apiVersion: string | undefined): string =>
  apiVersion?.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/**
 * Whether a policy says who may send to an object of its namespace: it names the object, or selects it by its labels, or it has no `to`
 * at all. Of an apiVersion the group counts alone, and upper and lower case are the same (knative.dev/eventing/pkg/auth).
 */
export function policyApplies({ metadata, spec }: EventPolicy, type: ResourceType, object: KubeObject): boolean {
  const { namespace, name = '', labels } = object.metadata;
  if (metadata.namespace !== namespace) return false;
  const { to = [] } = spec ?? {};
  const isKind = (apiVersion: string | undefined, kind: string | undefined): boolean =>
    same(groupOf(apiVersion), type.group) && same(kind ?? '', type.kind);
  return (
    to.length === 0 ||
    to.some(
      ({ ref, selector }) =>
        (ref && isKind(ref.apiVersion, ref.kind) && same(ref.name, name)) ||
        (selector && isKind(selector.apiVersion, selector.kind) && selectorMatches(selector, labels)),
    )
  );
}
