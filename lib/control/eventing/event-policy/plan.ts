import {
  type EventPolicy,
  type EventPolicyStatus,
  EventPolicyType,
  eventPolicyConditions,
  type ServingConfig,
  type Stored,
  setDefaults,
} from '../../../api';
import type { Observed, Plan, Reconciler } from '../../reconciler';
import { ResolveError } from '../../resolve';
import { beginConditions, errorEvents, finishStatus } from '../../status';
import { senderKinds, senderReads, subjectsOf } from './subjects';

function plan(parent: Stored<EventPolicy>, observed: Observed, config: ServingConfig, now: number): Plan {
  const conditions = beginConditions(parent, eventPolicyConditions, now);
  if (!config.eventing.features.authenticationOidc) {
    const off = conditions.markFalse('AuthenticationEnabled', 'OIDCAuthenticationDisabled', '');
    return { status: finishStatus(parent, off, {}) };
  }
  const enabled = conditions.markTrue('AuthenticationEnabled');
  try {
    const from = subjectsOf(setDefaults(parent, config), observed);
    const status: EventPolicyStatus = finishStatus(parent, enabled.markTrue('SubjectsResolved'), from.length > 0 ? { from } : {});
    return { status };
  } catch (error) {
    if (!(error instanceof ResolveError)) throw error;
    const failed = enabled.markFalse('SubjectsResolved', 'SubjectsNotResolved', error.message);
    const events = errorEvents(parent, failed, `failed to resolve .spec.from[].ref: ${error.message}`);
    return { status: finishStatus(parent, failed, {}), events };
  }
}

/** Resolves as whom the senders that a policy names send. Those who receive look for themselves which policies are about them. */
export const eventPolicyReconciler: Reconciler<EventPolicy, ServingConfig> = {
  name: 'eventpolicy-controller',
  type: EventPolicyType,
  watches: senderKinds,
  reads: (parent, config) => (config.eventing.features.authenticationOidc ? senderReads(setDefaults(parent, config)) : []),
  plan,
};
