import {
  type ClusterDomainClaim,
  childName,
  controllerRef,
  type DomainMapping,
  type Ingress,
  labels,
  type ServingConfig,
  type Stored,
} from '../../api';
import { httpOptionOf, ingressAnnotations } from '../ingress/child-ingress';
import type { ResolvedTarget } from './reference';

/** What tells a backend which host the client asked for. */
const ORIGINAL_HOST_HEADER = 'K-Original-Host';
/** Mapped Services are reached by their port for plain HTTP. */
const SERVICE_PORT = 80;

/** The name of a mapping's Ingress. */
export const ingressName = (mapping: DomainMapping): string => childName(mapping.metadata.name ?? '', '');

/** The claim of the mapping's namespace to the domain. It belongs to no mapping: it may outlive one. */
export function makeClaim({ metadata: { name, namespace = '' } }: Stored<DomainMapping>): ClusterDomainClaim {
  return {
    apiVersion: 'networking.internal.knative.dev/v1alpha1',
    kind: 'ClusterDomainClaim',
    metadata: { name },
    spec: { namespace },
  };
}

/**
 * The Ingress of a mapping: the domain for everyone, led to the target under the name that the target has in the cluster.
 *
 * @throws IngressError
 */
export function makeIngress(mapping: Stored<DomainMapping>, target: ResolvedTarget, config: ServingConfig): Ingress {
  const { name, namespace = '', uid } = mapping.metadata;
  const { tls } = mapping.spec;
  const httpOption = httpOptionOf(mapping.metadata.annotations, config);
  const backend = { serviceNamespace: namespace, serviceName: target.service, servicePort: SERVICE_PORT };
  const split = { ...backend, percent: 100, appendHeaders: { [ORIGINAL_HOST_HEADER]: name } };
  const paths = [{ rewriteHost: target.host, splits: [split] }];
  return {
    apiVersion: 'networking.internal.knative.dev/v1alpha1',
    kind: 'Ingress',
    metadata: {
      name: ingressName(mapping),
      namespace,
      labels: {
        ...mapping.metadata.labels,
        [labels.domainMappingUID]: uid,
        [labels.domainMappingNamespace]: namespace,
      },
      annotations: ingressAnnotations(mapping.metadata.annotations, config),
      ownerReferences: [controllerRef(mapping)],
    },
    spec: {
      ...(httpOption ? { httpOption } : {}),
      ...(tls ? { tls: [{ hosts: [name], secretName: tls.secretName, secretNamespace: namespace }] } : {}),
      rules: [{ hosts: [name], visibility: 'ExternalIP', http: { paths } }],
    },
  };
}
