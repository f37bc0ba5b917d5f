import { disallowedFields, type FieldError, generic, invalidValue, via, withRemedy } from '../../base';
import type { FeaturesConfig } from '../config';
import type { Capabilities, Container, PodSecurityContext, SecurityContext } from '../generated/types';
import { turnOn } from './env-errors';
import { securesPods } from './secure-defaults';

function capabilityErrors(capabilities: Capabilities | undefined, features: FeaturesConfig): FieldError[] {
  if (capabilities?.add === undefined || features.containerSpecAddCapabilities === 'Enabled') return [];
  const { add } = capabilities;
  if (securesPods(features) && add.length === 1 && add[0] === 'NET_BIND_SERVICE') return [];
  return via('capabilities', [withRemedy(disallowedFields('add'), turnOn('containerSpecAddCapabilities'))]);
}

export function securityContextErrors(context: SecurityContext | undefined, features: FeaturesConfig): FieldError[] {
  if (!context) return [];
  return [...(context.privileged ? [disallowedFields('privileged')] : []), ...capabilityErrors(context.capabilities, features)];
}

/** The pod's security context: everything is refused unless its feature is on; safe pod defaults admit a seccomp profile. */
export function podSecurityContextErrors(context: PodSecurityContext | undefined, features: FeaturesConfig): FieldError[] {
  if (!context || features.podSpecSecurityContext !== 'Disabled') return [];
  const profile = context.seccompProfile?.type;
  const admitsProfile = securesPods(features) && (profile === 'RuntimeDefault' || profile === 'Unconfined');
  const refused = Object.keys(context).filter((field) => !(field === 'seccompProfile' && admitsProfile));
  return refused.length > 0 ? [withRemedy(disallowedFields(...refused), turnOn('podSpecSecurityContext'))] : [];
}

const INSECURE = 'Kubernetes default value is insecure, Knative may default this to secure in a future release';

/** Warns of settings that nobody made and whose default is unsafe; dangerous settings made on purpose are not its business. */
export function insecureDefaultWarnings(
  pod: PodSecurityContext = {},
  container: Container,
  features: FeaturesConfig,
): FieldError[] {
  if (securesPods(features)) return [];
  const own = container.securityContext ?? {};
  const drop = own.capabilities?.drop;
  const unset: string[] = [];
  if (pod.runAsNonRoot === undefined && own.runAsNonRoot === undefined) unset.push('runAsNonRoot');
  if (own.allowPrivilegeEscalation === undefined) unset.push('allowPrivilegeEscalation');
  if (!own.seccompProfile && !pod.seccompProfile) unset.push('seccompProfile');
  else if (!own.seccompProfile?.type && !pod.seccompProfile?.type) unset.push('seccompProfile.type');
  if (!own.capabilities) unset.push('capabilities');
  else if (!drop) unset.push('capabilities.drop');
  const misspelled = drop?.[0] === 'all' ? [invalidValue('all', 'capabilities.drop', "Must be spelled as 'ALL'")] : [];
  return [...unset.map((field) => generic(INSECURE, field)), ...misspelled].map((error) => ({ ...error, level: 'warning' }));
}
