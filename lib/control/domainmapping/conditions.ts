import { ConditionSet, type Conditions } from '../../api';

/** Conditions of a DomainMapping (serving.knative.dev/v1beta1). */
export const domainMappingConditions = new ConditionSet('Ready', [
  'DomainClaimed',
  'ReferenceResolved',
  'IngressReady',
  'CertificateProvisioned',
]);

export function markClaimedByAnother(conditions: Conditions): Conditions {
  const message = 'The domain name is already in use by another DomainMapping';
  return conditions.markFalse('DomainClaimed', 'DomainAlreadyClaimed', message);
}

export function markClaimFailed(conditions: Conditions, message: string): Conditions {
  return conditions.markFalse('DomainClaimed', 'DomainClaimFailed', message);
}

export function markNotResolved(conditions: Conditions, message: string): Conditions {
  return conditions.markFalse('ReferenceResolved', 'ResolveFailed', message);
}

export function markCertificateGiven(conditions: Conditions): Conditions {
  const message = 'TLS certificate was provided externally';
  return conditions.markTrue('CertificateProvisioned', 'CertificateExternallyProvided', message);
}

export function markTlsNotEnabled(conditions: Conditions): Conditions {
  return conditions.markTrue('CertificateProvisioned', 'TLSNotEnabled', 'external-domain-tls is not enabled');
}
