import type { Conditions, ServingConfig } from '../../api';

const FEATURE = 'authentication-oidc';

/** As whom the object sends events. Where tokens are wanted, it says that there are none, rather than sending without. */
export function markIdentity(conditions: Conditions, { eventing }: ServingConfig): Conditions {
  if (!eventing.features.authenticationOidc) {
    return conditions.markTrue('OIDCIdentityCreated', `${FEATURE} feature disabled`);
  }
  const message = `${FEATURE} is enabled, but tokens are not issued here: set it to disabled.`;
  return conditions.markFalse('OIDCIdentityCreated', 'Unable to resolve service account for OIDC authentication', message);
}

/** Who may send to the object. Where policies would count, it says that they are not enforced, rather than letting everybody in. */
export function markPolicies(conditions: Conditions, { eventing }: ServingConfig): Conditions {
  if (!eventing.features.authenticationOidc) {
    const message = `Feature ${JSON.stringify(FEATURE)} must be enabled to support Authorization`;
    return conditions.markTrue('EventPoliciesReady', 'OIDCDisabled', message);
  }
  const message = `${FEATURE} is enabled, but EventPolicies are not enforced here: set it to disabled.`;
  return conditions.markFalse('EventPoliciesReady', 'EventPoliciesNotReady', message);
}
