import { ConditionSet, type Conditions, conditionOf, type Ingress } from '../../api';

/** Conditions of a Route (serving.knative.dev/v1). */
export const routeConditions = new ConditionSet('Ready', ['AllTrafficAssigned', 'IngressReady', 'CertificateProvisioned']);

export function markIngressNotConfigured(conditions: Conditions): Conditions {
  return conditions.markUnknown('IngressReady', 'IngressNotConfigured', 'Ingress has not yet been reconciled.');
}

export function markRolloutInProgress(conditions: Conditions): Conditions {
  const message = 'A gradual rollout of the latest revision(s) is in progress.';
  return conditions.markUnknown('IngressReady', 'RolloutInProgress', message);
}

export function markServiceNotOwned(conditions: Conditions, name: string): Conditions {
  const message = `There is an existing placeholder Service ${JSON.stringify(name)} that we do not own.`;
  return conditions.markFalse('IngressReady', 'NotOwned', message);
}

export function markEndpointsNotOwned(conditions: Conditions, name: string): Conditions {
  const message = `There is an existing placeholder Endpoint ${JSON.stringify(name)} that we do not own.`;
  return conditions.markFalse('IngressReady', 'NotOwned', message);
}

/** Copies the Ingress's Ready, if it has one. */
export function propagateIngress(conditions: Conditions, ingress: Ingress): Conditions {
  const ready = conditionOf(ingress.status?.conditions, 'Ready');
  if (!ready) return markIngressNotConfigured(conditions);
  return ready.status === 'True'
    ? conditions.markTrue('IngressReady')
    : conditions.mark('IngressReady', ready.status, ready.reason, ready.message);
}
