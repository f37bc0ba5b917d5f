import { type ApiServerSource, type Namespace, NamespaceType, selectorMatches } from '../../../api';
import type { Index, Observed, Read } from '../../reconciler';

const ALL: Index<Namespace> = { name: 'all', values: () => ['all'] };

/** The namespaces by which those that are watched are found. */
export const namespaceReads = ({ spec }: ApiServerSource): Read[] =>
  spec.namespaceSelector ? [{ type: NamespaceType, index: ALL as Index, value: 'all' }] : [];

/** The namespaces that a source watches: its own, or those that it selects. */
export function watchedNamespaces({ metadata, spec }: ApiServerSource, observed: Observed): readonly string[] {
  const { namespaceSelector } = spec;
  if (!namespaceSelector) return [metadata.namespace ?? ''];
  return observed
    .find(NamespaceType, ALL, 'all')
    .filter((namespace) => selectorMatches(namespaceSelector, namespace.metadata.labels))
    .map((namespace) => namespace.metadata.name);
}
