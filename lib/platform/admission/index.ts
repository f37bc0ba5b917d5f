import type { KubeObject } from '../../api';
import type { ResolvedPlatform } from '../options';
import { eventingPolicies } from './eventing-policies';
import { mutatingPolicies } from './mutating-policies';
import { policyObjects } from './policy';
import { servingPolicies } from './serving-policies';
import { settingPolicies } from './setting-policies';
import { tokenPolicies } from './token-policies';

/** What the API server refuses in place of upstream's webhooks: rules that the definitions of the kinds cannot have. */
export const admissionPolicies = (platform: ResolvedPlatform): readonly KubeObject[] => [
  ...[
    ...servingPolicies,
    ...settingPolicies,
    ...(platform.eventing ? [...eventingPolicies, ...tokenPolicies(platform)] : []),
  ].flatMap((policy) => policyObjects(platform, policy)),
  ...mutatingPolicies(platform),
];
