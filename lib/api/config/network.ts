import { errorMessage, isJsonObject, KncError } from '../../base';
import type { LabelSelector } from '../core/apps';
import { parseGoTemplate, TemplateError } from '../go-template';
import { type ConfigData, ConfigReader, type YamlParser } from './config-data';

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

/** Applies both templates to an example, so that a bad one is found before a route needs it. */
function checkTemplates(reader: ConfigReader, { domainTemplate, tagTemplate }: NetworkConfig): void {
  try {
    parseGoTemplate(tagTemplate)({ Name: 'foo', Tag: 'v2' });
    const host = parseGoTemplate(domainTemplate)({
      Name: 'foo',
      Namespace: 'bar',
      Domain: 'baz.com',
      Annotations: {},
      Labels: {},
    });
    const url = new URL(`https://${host}`);
    const path = url.pathname + url.search;
    if (path !== '/') reader.fail(`domain template has url path: ${path}`);
  } catch (error) {
    if (KncError.is(error)) throw error;
    reader.fail(error instanceof TemplateError ? error.message : errorMessage(error));
  }
}

function httpProtocol(reader: ConfigReader): NetworkConfig['httpProtocol'] {
  const text = reader.raw('httpProtocol', 'http-protocol') ?? '';
  const value = text.toLowerCase() || 'enabled';
  if (value === 'enabled' || value === 'disabled' || value === 'redirected') return value;
  return reader.fail(`httpProtocol ${text} in config-network ConfigMap is not supported`);
}

/** Whether an encryption key says enabled; anything but enabled, disabled and nothing is refused. */
function encryption(reader: ConfigReader, key: string): boolean | undefined {
  const text = reader.raw(key) ?? '';
  if (text === '') return undefined;
  const value = text.toLowerCase();
  if (value === 'enabled' || value === 'disabled') return value === 'enabled';
  return reader.fail(`${key} with value: ${JSON.stringify(text)} in config-network ConfigMap is not supported`);
}

function certSelector(reader: ConfigReader, parseYaml: YamlParser): LabelSelector | undefined {
  const key = 'namespace-wildcard-cert-selector';
  const value = reader.yaml(parseYaml, key);
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value)) reader.fail(`${key} cannot be parsed, please check the format: expected a label selector`);
  return value as LabelSelector;
}

/** config-network from its data. Throws KNC2201 with upstream's message if a value is wrong. */
export function parseNetworkConfig(data: ConfigData, parseYaml: YamlParser): NetworkConfig {
  const reader: ConfigReader = new ConfigReader('config-network', data);
  const base = defaultNetworkConfig;
  const enabled = (...keys: string[]) => reader.raw(...keys)?.toLowerCase() === 'enabled';
  const seconds = reader.int(base.rolloutDuration / 1000, 'rolloutDuration', 'rollout-duration');
  reader.require([seconds >= 0, `rollout-duration must be a positive integer, but was ${seconds}`]);
  const config: NetworkConfig = {
    ingressClass: reader.string(base.ingressClass, 'ingress.class', 'ingress-class'),
    certificateClass: reader.string(base.certificateClass, 'certificate.class', 'certificate-class'),
    domainTemplate: reader.string(base.domainTemplate, 'domainTemplate', 'domain-template'),
    tagTemplate: reader.string(base.tagTemplate, 'tagTemplate', 'tag-template'),
    externalDomainTls: enabled('autoTLS', 'auto-tls', 'external-domain-tls'),
    clusterLocalDomainTls: encryption(reader, 'cluster-local-domain-tls') ?? base.clusterLocalDomainTls,
    // Only an explicit "enabled" of the new key outweighs the old one, as upstream has it.
    systemInternalTls: encryption(reader, 'system-internal-tls') || reader.bool(base.systemInternalTls, 'internal-encryption'),
    httpProtocol: httpProtocol(reader),
    namespaceWildcardCertSelector: certSelector(reader, parseYaml),
    rolloutDuration: seconds * 1000,
    autocreateClusterDomainClaims: reader.bool(
      base.autocreateClusterDomainClaims,
      'autocreateClusterDomainClaims',
      'autocreate-cluster-domain-claims',
    ),
    enableMeshPodAddressability: reader.bool(base.enableMeshPodAddressability, 'enable-mesh-pod-addressability'),
    meshCompatibilityMode: reader.flag(
      base.meshCompatibilityMode,
      ['enabled', 'disabled', 'auto'] as const,
      'mesh-compatibility-mode',
    ),
    defaultExternalScheme: reader.string(base.defaultExternalScheme, 'defaultExternalScheme', 'default-external-scheme'),
  };
  checkTemplates(reader, config);
  return config;
}
