import type { ClusterDomainClaim } from '../generated/types';
import type { KindRules } from '../kind-rules';
import { resourceType } from '../resource-type';

export type { ClusterDomainClaim, ClusterDomainClaimSpec } from '../generated/types';

/** A domain that belongs to one namespace of the cluster; the name of the object is the domain. */
export const ClusterDomainClaimType = resourceType<ClusterDomainClaim>(
  'networking.internal.knative.dev/v1alpha1',
  'ClusterDomainClaim',
  'clusterdomainclaims',
  { shortNames: ['cdc'], categories: ['knative-internal', 'networking'], namespaced: false },
);

/** Its schema says everything. */
export const clusterDomainClaimRules: KindRules<ClusterDomainClaim> = { setDefaults: (claim) => claim, validate: () => [] };
