import { annotationOf, annotations, type Conditions, type KubeObject, type Route, type ServingConfig } from '../../api';
import type { Visibility } from './visibility';

const TYPE = 'CertificateProvisioned';

/**
 * CertificateProvisioned: True without TLS. Where the installation asks for certificates the route says that there will be none,
 * rather than serving plain HTTP as if nothing had been asked.
 */
export function markCertificates(
  conditions: Conditions,
  route: Route,
  visibility: ReadonlyMap<string, Visibility>,
  config: ServingConfig,
): Conditions {
  const { clusterLocalDomainTls } = config.network;
  const external = asksForCertificate(route, config);
  const isPublic = [...visibility.values()].includes('ExternalIP');
  if (external && isPublic) return markUnsupported(conditions, 'external-domain-tls');
  if (clusterLocalDomainTls) return markUnsupported(conditions, 'cluster-local-domain-tls');
  const message = external ? 'TLS is not enabled for cluster-local' : 'external-domain-tls is not enabled';
  return conditions.markTrue(TYPE, 'TLSNotEnabled', message);
}

/** Whether the installation wants a certificate for the public hosts of an object, and the object does not say otherwise. */
export function asksForCertificate({ metadata }: KubeObject, config: ServingConfig): boolean {
  return config.network.externalDomainTls && !isTrue(annotationOf(metadata.annotations, annotations.disableExternalDomainTls));
}

/** False: certificates are wanted by this setting, and there are none. */
export function markUnsupported(conditions: Conditions, setting: string): Conditions {
  const message = `${setting} is enabled, but certificates are not provisioned here: set it to Disabled.`;
  return conditions.markFalse(TYPE, 'CertificateProvisionFailed', message);
}

/** What Go's strconv.ParseBool takes for true. */
function isTrue(value: string | undefined): boolean {
  return value !== undefined && /^(1|t|T|true|TRUE|True)$/.test(value);
}
