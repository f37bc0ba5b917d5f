import { define, str } from '../schema/builders.schema';
import { kind } from '../schema/meta.schema';

const ClusterDomainClaimSpec = define(
  'ClusterDomainClaimSpec',
  'Who may use the domain.',
  { namespace: str('The namespace that may map the domain.') },
  { required: ['namespace'] },
);

export const ClusterDomainClaim = kind(
  'networking.internal.knative.dev/v1alpha1',
  'ClusterDomainClaim',
  'A domain that belongs to one namespace of the cluster; the name of the object is the domain.',
  ClusterDomainClaimSpec,
);
