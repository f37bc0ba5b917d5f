import type { LabelSelector } from '../core/apps';

/** config-network. Durations in milliseconds. */
export interface NetworkConfig {
  readonly ingressClass: string;
  readonly certificateClass: string;
  /** Go template over Name, Namespace, Domain, Annotations, Labels. */
  readonly domainTemplate: string;
  /** Go template over Name, Tag. */
  readonly tagTemplate: string;
  readonly externalDomainTls: boolean;
  readonly clusterLocalDomainTls: boolean;
  readonly systemInternalTls: boolean;
  readonly httpProtocol: 'enabled' | 'disabled' | 'redirected';
  readonly namespaceWildcardCertSelector: LabelSelector | undefined;
  readonly rolloutDuration: number;
  readonly autocreateClusterDomainClaims: boolean;
  readonly enableMeshPodAddressability: boolean;
  readonly meshCompatibilityMode: 'auto' | 'enabled' | 'disabled';
  readonly defaultExternalScheme: string;
}

/** Upstream's defaults of config-network. */
export const defaultNetworkConfig: NetworkConfig = {
  ingressClass: 'istio.ingress.networking.knative.dev',
  certificateClass: 'cert-manager.certificate.networking.knative.dev',
  domainTemplate: '{{.Name}}.{{.Namespace}}.{{.Domain}}',
  tagTemplate: '{{.Tag}}-{{.Name}}',
  externalDomainTls: false,
  clusterLocalDomainTls: false,
  systemInternalTls: false,
  httpProtocol: 'enabled',
  namespaceWildcardCertSelector: undefined,
  rolloutDuration: 0,
  autocreateClusterDomainClaims: false,
  enableMeshPodAddressability: false,
  meshCompatibilityMode: 'auto',
  defaultExternalScheme: 'http',
};
