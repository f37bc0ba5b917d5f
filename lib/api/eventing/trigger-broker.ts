import type { EventingFeatures } from '../config/eventing-features';
import type { Trigger } from '../generated/types';

/** The broker whose events a trigger takes. A namespace in `brokerRef` counts with the feature cross-namespace-event-links alone. */
export function brokerOf(
  { metadata, spec }: Trigger,
  { crossNamespaceEventLinks }: Pick<EventingFeatures, 'crossNamespaceEventLinks'>,
): { readonly namespace: string; readonly name: string } {
  const { namespace = '' } = metadata;
  const name = spec.broker || spec.brokerRef?.name || '';
  const linked = crossNamespaceEventLinks && !spec.broker ? spec.brokerRef?.namespace : undefined;
  return { namespace: linked || namespace, name };
}
