import { isJsonObject } from '../../base';
import { formatDuration } from '../duration';
import { dns1123SubdomainErrors, goList, labelValueErrors, qualifiedNameErrors } from '../names';
import { type ConfigData, ConfigReader, isWholeSeconds, type YamlParser } from './config-data';

/** config-deployment. Durations in milliseconds, amounts as quantities. */
export interface DeploymentConfig {
  /** Image of the sidecar; empty: there is none, and no revision can have it. */
  readonly queueSidecarImage: string;
  /** Whether pods have the sidecar unless their revision says otherwise (our own key). */
  readonly queueSidecarEnabled: boolean;
  readonly registriesSkippingTagResolving: ReadonlySet<string>;
  readonly digestResolutionTimeout: number;
  /** Refuse revisions whose images' digests nobody can say, as upstream does, instead of keeping their tags (our own key). */
  readonly digestResolutionStrict: boolean;
  readonly progressDeadline: number;
  /** Quantities by resource: cpu, memory, ephemeral-storage. */
  readonly queueSidecarRequests: Readonly<Record<string, string>>;
  /** Quantities by resource: cpu, memory, ephemeral-storage. */
  readonly queueSidecarLimits: Readonly<Record<string, string>>;
  readonly queueSidecarTokenAudiences: ReadonlySet<string>;
  readonly queueSidecarRootCA: string;
  readonly queueSidecarTlsMinVersion: string;
  readonly queueSidecarTlsMaxVersion: string;
  readonly queueSidecarTlsCipherSuites: string;
  readonly queueSidecarTlsCurvePreferences: string;
  readonly defaultAffinityType: 'none' | 'prefer-spread-revision-over-nodes';
  /** Runtime class → labels that a revision must have to get it. */
  readonly runtimeClassNames: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly podIsAlwaysSchedulable: boolean;
}

/** Upstream's defaults of config-deployment. */
export const defaultDeploymentConfig: DeploymentConfig = {
  queueSidecarImage: '',
  queueSidecarEnabled: false,
  registriesSkippingTagResolving: new Set(['kind.local', 'ko.local', 'dev.local']),
  digestResolutionTimeout: 10_000,
  digestResolutionStrict: false,
  progressDeadline: 600_000,
  queueSidecarRequests: { cpu: '25m' },
  queueSidecarLimits: {},
  queueSidecarTokenAudiences: new Set(['']),
  queueSidecarRootCA: '',
  queueSidecarTlsMinVersion: '',
  queueSidecarTlsMaxVersion: '',
  queueSidecarTlsCipherSuites: '',
  queueSidecarTlsCurvePreferences: '',
  defaultAffinityType: 'prefer-spread-revision-over-nodes',
  runtimeClassNames: {},
  podIsAlwaysSchedulable: false,
};

const CAMEL: Readonly<Record<string, string>> = { cpu: 'CPU', memory: 'Memory', 'ephemeral-storage': 'EphemeralStorage' };

const quantityKeys = (bound: 'Request' | 'Limit') => (resource: string) => [
  `queueSidecar${CAMEL[resource]}${bound}`,
  `queue-sidecar-${resource}-${bound.toLowerCase()}`,
];

/** Runtime classes and the labels that choose them. */
function runtimeClasses(reader: ConfigReader, parseYaml: YamlParser): DeploymentConfig['runtimeClassNames'] {
  const key = 'runtime-class-name';
  const classes = reader.yaml(parseYaml, key) ?? {};
  if (!isJsonObject(classes)) reader.fail(`${key} cannot be parsed, please check the format: expected a map of classes`);
  return Object.fromEntries(
    Object.entries(classes).map(([name, value]) => {
      const errors = dns1123SubdomainErrors(name);
      if (errors.length > 0) reader.fail(`${key} ${name} selector not valid DNSSubdomain: ${goList(errors)}`);
      const selector = isJsonObject(value) && isJsonObject(value.selector) ? value.selector : {};
      const wrong = Object.entries(selector).flatMap(([label, text]) => [
        ...qualifiedNameErrors(label),
        ...labelValueErrors(String(text)),
      ]);
      if (wrong.length > 0) reader.fail(`${key} ${name} selector invalid: ${wrong.join(', ')}`);
      return [name, Object.fromEntries(Object.entries(selector).map(([label, text]) => [label, String(text)]))];
    }),
  );
}

/** The runtime class of a revision with these labels: the most specific selector wins, then the first name in the alphabet. */
export function runtimeClassFor(config: DeploymentConfig, labels: Readonly<Record<string, string>> = {}): string | undefined {
  const matching = Object.entries(config.runtimeClassNames).filter(([, selector]) =>
    Object.entries(selector).every(([key, value]) => labels[key] === value),
  );
  const [best] = matching.sort(
    ([a, left], [b, right]) => Object.keys(right).length - Object.keys(left).length || (a < b ? -1 : 1),
  );
  return best?.[0];
}

/**
 * config-deployment from its data. Throws KNC2201 with upstream's message if a value is wrong.
 *
 * @param options.needsQueueSidecar refuse data without an image of the sidecar, as upstream does. Default: false
 */
export function parseDeploymentConfig(
  data: ConfigData,
  parseYaml: YamlParser,
  options: { readonly needsQueueSidecar?: boolean } = {},
): DeploymentConfig {
  const reader: ConfigReader = new ConfigReader('config-deployment', data);
  const base = defaultDeploymentConfig;
  const affinity = reader.raw('default-affinity-type') ?? base.defaultAffinityType;
  if (affinity !== 'none' && affinity !== 'prefer-spread-revision-over-nodes') {
    reader.fail(`unsupported default-affinity-type value: ${JSON.stringify(affinity)}`);
  }
  const config: DeploymentConfig = {
    queueSidecarImage: reader.string(base.queueSidecarImage, 'queueSidecarImage', 'queue-sidecar-image'),
    queueSidecarEnabled: reader.bool(base.queueSidecarEnabled, 'queue-sidecar-enabled'),
    registriesSkippingTagResolving: reader.set(
      base.registriesSkippingTagResolving,
      'registriesSkippingTagResolving',
      'registries-skipping-tag-resolving',
    ),
    digestResolutionTimeout: reader.duration(
      base.digestResolutionTimeout,
      'digestResolutionTimeout',
      'digest-resolution-timeout',
    ),
    digestResolutionStrict: reader.bool(base.digestResolutionStrict, 'digest-resolution-strict'),
    progressDeadline: reader.duration(base.progressDeadline, 'progressDeadline', 'progress-deadline'),
    queueSidecarRequests: reader.quantities(base.queueSidecarRequests, quantityKeys('Request')),
    queueSidecarLimits: reader.quantities(base.queueSidecarLimits, quantityKeys('Limit')),
    queueSidecarTokenAudiences: reader.set(base.queueSidecarTokenAudiences, 'queue-sidecar-token-audiences'),
    queueSidecarRootCA: reader.string(base.queueSidecarRootCA, 'queue-sidecar-rootca'),
    queueSidecarTlsMinVersion: reader.string(base.queueSidecarTlsMinVersion, 'queue-sidecar-tls-min-version'),
    queueSidecarTlsMaxVersion: reader.string(base.queueSidecarTlsMaxVersion, 'queue-sidecar-tls-max-version'),
    queueSidecarTlsCipherSuites: reader.string(base.queueSidecarTlsCipherSuites, 'queue-sidecar-tls-cipher-suites'),
    queueSidecarTlsCurvePreferences: reader.string(base.queueSidecarTlsCurvePreferences, 'queue-sidecar-tls-curve-preferences'),
    defaultAffinityType: affinity,
    runtimeClassNames: runtimeClasses(reader, parseYaml),
    podIsAlwaysSchedulable: reader.bool(base.podIsAlwaysSchedulable, 'pod-is-always-schedulable'),
  };
  const [deadline, timeout] = [formatDuration(config.progressDeadline), formatDuration(config.digestResolutionTimeout)];
  reader.require(
    [!options.needsQueueSidecar || config.queueSidecarImage !== '', 'queue-sidecar-image cannot be empty or unset'],
    [config.progressDeadline > 0, `progress-deadline cannot be a non-positive duration, was ${deadline}`],
    [isWholeSeconds(config.progressDeadline), `progress-deadline must be rounded to a whole second, was: ${deadline}`],
    [config.digestResolutionTimeout > 0, `digest-resolution-timeout cannot be a non-positive duration, was ${timeout}`],
  );
  return config;
}
