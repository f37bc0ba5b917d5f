import type { Conditions } from '../../../api';
import { type ServingConfig, type SinkBinding, SinkBindingType, type Stored } from '../../../api';
import type { Observed } from '../../reconciler';
import { type Identity, planIdentity } from '../identity';

const TYPE = 'OIDCTokenSecretCreated';

/** As whom subjects send, and whether they have a token. Where one is wanted, it says that there is none. */
export function planTokens(
  conditions: Conditions,
  parent: Stored<SinkBinding>,
  audience: string | undefined,
  observed: Observed,
  config: ServingConfig,
): Identity {
  const wanted = config.eventing.features.authenticationOidc;
  if (wanted && !audience) {
    const reason = 'Sink has no audience defined';
    const marked = conditions.markTrue('OIDCIdentityCreated', reason).markTrue(TYPE, reason);
    return { conditions: marked, apply: [], remove: [], fields: {} };
  }
  const identity = planIdentity(conditions, SinkBindingType, parent, observed, config);
  if (!wanted) return { ...identity, conditions: identity.conditions.markTrue(TYPE, 'authentication-oidc feature disabled') };
  const message = 'tokens are not put into pods here: bind to a sink without an audience, or set authentication-oidc to disabled';
  return {
    ...identity,
    conditions: identity.conditions.markFalse(TYPE, 'Unable to reconcile OIDC token secret', message),
  };
}
