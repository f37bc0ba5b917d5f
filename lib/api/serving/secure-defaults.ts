import type { FeaturesConfig } from '../config';
import type { Container, PodSecurityContext, SecurityContext } from '../generated/types';

/** Whether a security context is filled in with safe values (`secure-pod-defaults`). */
export const securesPods = (features: FeaturesConfig): boolean => features.securePodDefaults !== 'Disabled';

/** The container with the values of the `restricted` profile where neither it nor the pod says otherwise. */
export function withSecureDefaults(
  container: Container,
  pod: PodSecurityContext | undefined,
  features: FeaturesConfig,
): Container {
  if (!securesPods(features)) return container;
  const own = container.securityContext ?? {};
  const needsLowPort = (container.ports ?? []).some((port) => (port.containerPort ?? 0) < 1024);
  const securityContext: SecurityContext = {
    ...own,
    allowPrivilegeEscalation: own.allowPrivilegeEscalation ?? false,
    ...(pod?.seccompProfile?.type
      ? {}
      : { seccompProfile: { ...own.seccompProfile, type: own.seccompProfile?.type || 'RuntimeDefault' } }),
    capabilities: own.capabilities ?? { drop: ['ALL'], ...(needsLowPort ? { add: ['NET_BIND_SERVICE'] } : {}) },
    ...(features.securePodDefaults === 'Enabled' && pod?.runAsNonRoot === undefined
      ? { runAsNonRoot: own.runAsNonRoot ?? true }
      : {}),
  };
  return { ...container, securityContext };
}
