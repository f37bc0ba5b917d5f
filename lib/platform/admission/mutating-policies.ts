import { type KubeObject, signaturePolicies, sinkBindingPolicies } from '../../api';
import { metadataOf } from '../objects/labels';
import type { ResolvedPlatform } from '../options';

/** What the API server writes into objects in place of upstream's webhooks, where it has been chosen. */
export function mutatingPolicies(platform: ResolvedPlatform): readonly KubeObject[] {
  const { mutatingPolicies: version, eventing } = platform;
  if (version === 'none') return [];
  const policies = [...(eventing ? sinkBindingPolicies(version) : []), ...signaturePolicies(version, eventing)];
  return policies.map((policy) => ({ ...policy, metadata: metadataOf(platform, policy.metadata.name ?? '', 'admission') }));
}
