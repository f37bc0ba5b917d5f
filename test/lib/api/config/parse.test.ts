import { parse as parseYaml } from 'yaml';
import {
  type ConfigData,
  configMapError,
  defaultServingConfig,
  domainFor,
  exampleChecksum,
  parseAutoscalerConfig,
  parseDefaultsConfig,
  parseDeploymentConfig,
  parseDomainConfig,
  parseFeaturesConfig,
  parseGcConfig,
  parseNetworkConfig,
  parseServingConfig,
  runtimeClassFor,
} from '../../../../lib/api';
import { KncError } from '../../../../lib/base';

const parsers = {
  autoscaler: parseAutoscalerConfig,
  defaults: parseDefaultsConfig,
  deployment: (data: ConfigData) => parseDeploymentConfig(data, parseYaml),
  domain: (data: ConfigData) => parseDomainConfig(data, parseYaml),
  features: parseFeaturesConfig,
  gc: parseGcConfig,
  network: (data: ConfigData) => parseNetworkConfig(data, parseYaml),
};

test('empty ConfigMaps give the defaults', () => {
  expect(parseServingConfig({}, { parseYaml })).toEqual(defaultServingConfig);
  for (const [section, parse] of Object.entries(parsers)) {
    expect(parse({ _example: 'a lot of text' })).toEqual(defaultServingConfig[section as keyof typeof parsers]);
  }
});

test.each<[keyof typeof parsers, ConfigData, object]>([
  ['autoscaler', { 'container-concurrency-target-percentage': '50' }, { containerConcurrencyTargetFraction: 0.5 }],
  ['autoscaler', { 'container-concurrency-target-percentage': '0.5' }, { containerConcurrencyTargetFraction: 0.5 }],
  [
    'autoscaler',
    { 'stable-window': '2m', 'scale-to-zero-grace-period': '10s', 'scale-down-delay': '1m' },
    { stableWindow: 120_000, scaleToZeroGracePeriod: 10_000, scaleDownDelay: 60_000 },
  ],
  [
    'autoscaler',
    { 'enable-scale-to-zero': 'false', 'allow-zero-initial-scale': 'TRUE', 'initial-scale': '0' },
    { enableScaleToZero: false, allowZeroInitialScale: true, initialScale: 0 },
  ],
  [
    'autoscaler',
    { 'target-burst-capacity': '-1', 'max-scale': '5', 'max-scale-limit': '10' },
    { targetBurstCapacity: -1, maxScale: 5, maxScaleLimit: 10 },
  ],
  ['defaults', { 'revision-timeout-seconds': '100' }, { revisionTimeout: 100_000, revisionResponseStartTimeout: 100_000 }],
  [
    'defaults',
    { 'revision-cpu-request': '100m', 'revision-memory-limit': '1Gi' },
    { revisionRequests: { cpu: '100m' }, revisionLimits: { memory: '1Gi' } },
  ],
  ['defaults', { 'enable-service-links': 'default' }, { enableServiceLinks: undefined }],
  ['defaults', { 'enable-service-links': 'True' }, { enableServiceLinks: true }],
  ['defaults', { 'container-name-template': '{{.Name}}-c' }, { containerNameTemplate: '{{.Name}}-c' }],
  ['deployment', { queueSidecarImage: 'old', 'queue-sidecar-image': 'new' }, { queueSidecarImage: 'new' }],
  ['deployment', { 'queue-sidecar-enabled': 'true' }, { queueSidecarEnabled: true }],
  [
    'deployment',
    { queueSidecarCPURequest: '1', queueSidecarEphemeralStorageLimit: '1Gi' },
    { queueSidecarRequests: { cpu: '1' }, queueSidecarLimits: { 'ephemeral-storage': '1Gi' } },
  ],
  [
    'deployment',
    { 'registries-skipping-tag-resolving': 'ko.local, my.reg' },
    { registriesSkippingTagResolving: new Set(['ko.local', 'my.reg']) },
  ],
  [
    'deployment',
    { 'progress-deadline': '2m', 'default-affinity-type': 'none' },
    { progressDeadline: 120_000, defaultAffinityType: 'none' },
  ],
  [
    'deployment',
    { 'runtime-class-name': 'gvisor:\n  selector:\n    my-label: a\nkata: {}' },
    { runtimeClassNames: { gvisor: { 'my-label': 'a' }, kata: {} } },
  ],
  [
    'domain',
    { 'example.com': '', 'org.com': 'selector:\n  app: prod\ntype: wildcard' },
    {
      domains: { 'example.com': { selector: {}, type: 'wildcard' }, 'org.com': { selector: { app: 'prod' }, type: 'wildcard' } },
    },
  ],
  [
    'domain',
    { 'org.com': 'selector:\n  app: prod' },
    { domains: { 'org.com': { selector: { app: 'prod' }, type: '' }, 'svc.cluster.local': { selector: {}, type: 'wildcard' } } },
  ],
  [
    'features',
    { 'multi-container': 'disabled', 'kubernetes.podspec-affinity': 'ALLOWED', 'tag-header-based-routing': 'on' },
    { multiContainer: 'Disabled', podSpecAffinity: 'Allowed', tagHeaderBasedRouting: 'Disabled' },
  ],
  ['features', { 'secure-pod-defaults': 'allowrootbounded' }, { securePodDefaults: 'AllowRootBounded' }],
  [
    'gc',
    { 'retain-since-create-time': 'Disabled', 'max-non-active-revisions': 'disabled', 'retain-since-last-active-time': '1h' },
    { retainSinceCreateTime: -1, maxNonActiveRevisions: -1, retainSinceLastActiveTime: 3_600_000 },
  ],
  ['network', { 'ingress.class': 'old', 'ingress-class': 'new' }, { ingressClass: 'new' }],
  ['network', { 'auto-tls': 'Enabled' }, { externalDomainTls: true }],
  ['network', { 'auto-tls': 'Enabled', 'external-domain-tls': 'Disabled' }, { externalDomainTls: false }],
  ['network', { 'internal-encryption': 'true' }, { systemInternalTls: true }],
  [
    'network',
    { 'system-internal-tls': 'enabled', 'cluster-local-domain-tls': 'Enabled' },
    { systemInternalTls: true, clusterLocalDomainTls: true },
  ],
  [
    'network',
    { 'http-protocol': 'Redirected', 'rollout-duration': '123', 'mesh-compatibility-mode': 'ENABLED' },
    { httpProtocol: 'redirected', rolloutDuration: 123_000, meshCompatibilityMode: 'enabled' },
  ],
  [
    'network',
    { 'namespace-wildcard-cert-selector': 'matchLabels:\n  a: b' },
    { namespaceWildcardCertSelector: { matchLabels: { a: 'b' } } },
  ],
])('config-%s with %j is read', (section, data, expected) => {
  expect(parsers[section](data)).toMatchObject(expected);
});

test.each<[keyof typeof parsers, ConfigData, string]>([
  [
    'autoscaler',
    { 'max-scale-up-rate': 'not-a-float' },
    'failed to parse "max-scale-up-rate": strconv.ParseFloat: parsing "not-a-float": invalid syntax',
  ],
  [
    'autoscaler',
    { 'stable-window': 'not-a-duration' },
    'failed to parse "stable-window": time: invalid duration "not-a-duration"',
  ],
  ['autoscaler', { 'stable-window': '3m0.5s' }, 'stable-window = 3m0.5s, must be specified with at most second precision'],
  ['autoscaler', { 'stable-window': '1s' }, 'stable-window = 1s, must be in [6s; 1h0m0s] range'],
  ['autoscaler', { 'scale-to-zero-grace-period': '0s' }, 'scale-to-zero-grace-period must be positive, was: 0s'],
  [
    'autoscaler',
    { 'target-burst-capacity': '-11' },
    'target-burst-capacity must be either non-negative or -1 (for unlimited), was: -11.000000',
  ],
  [
    'autoscaler',
    { 'container-concurrency-target-percentage': '0' },
    'container-concurrency-target-percentage = 0.000000 is outside of valid range of (0, 100]',
  ],
  [
    'autoscaler',
    { 'container-concurrency-target-percentage': '50', 'container-concurrency-target-default': '0.01' },
    "container-concurrency-target-percentage and container-concurrency-target-default yield target concurrency of 0.005, can't be less than 0.01",
  ],
  ['autoscaler', { 'max-scale-up-rate': '1' }, 'max-scale-up-rate = 1, must be greater than 1.0'],
  ['autoscaler', { 'panic-window-percentage': '123' }, 'panic-window-percentage = 123, must be in [1, 100] interval'],
  [
    'autoscaler',
    { 'initial-scale': '0' },
    'initial-scale = 0, must be at least 0 (or at least 1 when allow-zero-initial-scale is false)',
  ],
  ['autoscaler', { 'max-scale-limit': '10' }, 'max-scale = 0, must be in [1, max-scale-limit(10)] range'],
  ['autoscaler', { 'min-scale': '5', 'max-scale': '3' }, 'min-scale (5) must be less than max-scale (3)'],
  [
    'defaults',
    { 'revision-timeout-seconds': '1000' },
    'revision-timeout-seconds (1000) cannot be greater than max-revision-timeout-seconds (600)',
  ],
  [
    'defaults',
    { 'revision-idle-timeout-seconds': '301' },
    'revision-idle-timeout-seconds (301) cannot be greater than revision-timeout-seconds (300)',
  ],
  ['defaults', { 'container-concurrency-max-limit': '0' }, 'expected 1 <= 0 <= 2147483647: container-concurrency-max-limit'],
  ['defaults', { 'container-concurrency': '2000' }, 'expected 0 <= 2000 <= 1000: container-concurrency'],
  ['defaults', { 'revision-cpu-request': 'bad' }, 'failed to parse "revision-cpu-request": quantities must match'],
  ['defaults', { 'container-name-template': '{{.NAme}}' }, 'error executing template: '],
  [
    'defaults',
    { 'allow-container-concurrency-zero': 'invalid' },
    'failed to parse "allow-container-concurrency-zero": strconv.ParseBool: parsing "invalid": invalid syntax',
  ],
  ['deployment', { 'progress-deadline': '0' }, 'progress-deadline cannot be a non-positive duration, was 0s'],
  ['deployment', { 'progress-deadline': '1982ms' }, 'progress-deadline must be rounded to a whole second, was: 1.982s'],
  ['deployment', { 'digest-resolution-timeout': '-1s' }, 'digest-resolution-timeout cannot be a non-positive duration, was -1s'],
  ['deployment', { 'default-affinity-type': 'coconut' }, 'unsupported default-affinity-type value: "coconut"'],
  ['deployment', { 'runtime-class-name': '???: {}' }, 'runtime-class-name ??? selector not valid DNSSubdomain: ['],
  ['deployment', { 'runtime-class-name': 'gvisor: {selector: {"-": "a"}}' }, 'runtime-class-name gvisor selector invalid: '],
  ['gc', { 'min-non-active-revisions': '-1' }, 'min-non-active-revisions must be non-negative, was: -1'],
  [
    'gc',
    { 'min-non-active-revisions': '20', 'max-non-active-revisions': '10' },
    'min-non-active-revisions(20) must be <= max-non-active-revisions(10)',
  ],
  ['gc', { 'retain-since-create-time': '-1h' }, 'failed to parse retain-since-create-time: must be non-negative'],
  ['network', { 'rollout-duration': '-444' }, 'rollout-duration must be a positive integer, but was -444'],
  ['network', { 'domain-template': '{{.Name}}/path' }, 'domain template has url path: /path'],
  ['network', { 'domain-template': '{{.NAmespace}}' }, "can't evaluate field NAmespace"],
  ['network', { 'tag-template': '{{.NAme}}' }, "can't evaluate field NAme"],
  [
    'network',
    { 'http-protocol': 'under-the-bridge' },
    'httpProtocol under-the-bridge in config-network ConfigMap is not supported',
  ],
  [
    'network',
    { 'system-internal-tls': 'INVALID' },
    'system-internal-tls with value: "INVALID" in config-network ConfigMap is not supported',
  ],
])('config-%s with %j is refused', (section, data, message) => {
  try {
    parsers[section](data);
  } catch (error) {
    expect(KncError.is(error) && error.code).toBe('KNC2201');
    expect(error).toMatchObject({ where: `ConfigMap config-${section}`, message: expect.stringContaining(message) });
    return;
  }
  throw new Error('it was accepted');
});

test('upstream wants an image of its sidecar', () => {
  expect(() => parseDeploymentConfig({}, parseYaml, { needsQueueSidecar: true })).toThrow(
    'queue-sidecar-image cannot be empty or unset',
  );
});

test('the most specific domain wins, then the first in the alphabet', () => {
  const config = parseDomainConfig(
    { 'default.com': '', 'b.com': 'selector: {app: x}', 'a.com': 'selector: {app: x}', 'c.com': 'selector: {app: x, tier: y}' },
    parseYaml,
    'my.cluster',
  );
  expect(domainFor(config)).toBe('default.com');
  expect(domainFor(config, { app: 'x' })).toBe('a.com');
  expect(domainFor(config, { app: 'x', tier: 'y' })).toBe('c.com');
  expect(domainFor(config, { app: 'x', 'networking.knative.dev/visibility': 'cluster-local' })).toBe('svc.my.cluster');
});

test('the most specific runtime class wins', () => {
  const config = parseDeploymentConfig({ 'runtime-class-name': 'kata: {selector: {a: b}}\ngvisor: {}' }, parseYaml);
  expect(runtimeClassFor(config, { a: 'b' })).toBe('kata');
  expect(runtimeClassFor(config, {})).toBe('gvisor');
  expect(runtimeClassFor(parseDeploymentConfig({}, parseYaml))).toBeUndefined();
});

describe('a ConfigMap', () => {
  const map = (name: string, data: ConfigData, annotations?: Record<string, string>) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, ...(annotations ? { annotations } : {}) },
    data,
  });
  const example = 'a: 1\n\nb: 2\n';

  test('is checked by its name', () => {
    expect(configMapError(map('config-gc', { 'min-non-active-revisions': '-1' }), parseYaml)).toBe(
      'min-non-active-revisions must be non-negative, was: -1',
    );
    expect(configMapError(map('config-gc', {}), parseYaml)).toBeUndefined();
    expect(configMapError(map('mine', { 'min-non-active-revisions': '-1' }), parseYaml)).toBeUndefined();
  });

  test('has an example that is not for editing', () => {
    const checksum = { 'knative.dev/example-checksum': exampleChecksum(example) };
    expect(configMapError(map('config-gc', { _example: `\n${example}\n\n` }, checksum), parseYaml)).toBeUndefined();
    expect(configMapError(map('config-gc', { _example: `${example}c: 3` }, checksum), parseYaml)).toBe(
      'the update modifies a key in "_example" which is probably not what you want. Instead, copy the respective setting to the top-level of the ConfigMap, directly below "data"',
    );
  });

  test('has the checksum of an example that CRC-32 gives', () => {
    expect(exampleChecksum('123456789')).toBe('cbf43926');
  });
});
