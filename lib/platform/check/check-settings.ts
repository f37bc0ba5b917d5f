import { parse } from 'yaml';
import {
  configMapError,
  defaultEventingFeatures,
  defaultFeaturesConfig,
  EVENTING_NAMESPACE,
  eventingConfigMaps,
  nearest,
} from '../../api';
import { type FieldError, generic, invalidValue, withRemedy } from '../../base';
import { type PlatformOptions, resolvePlatform } from '../options';
import { configMaps } from '../settings/config-maps';
import type { PlatformSettings, RawSettings } from '../settings/settings';

const parseYaml = (text: string): unknown => parse(text, { version: '1.1' }) as unknown;

const SERVING_MAPS = ['autoscaler', 'defaults', 'deployment', 'domain', 'features', 'gc', 'network'].map(
  (name) => `config-${name}`,
);
const FLAGS = ['Enabled', 'Allowed', 'Disabled'];
/** Keys of config-network that ask for certificates. */
const TLS_KEYS = [
  'external-domain-tls',
  'auto-tls',
  'autoTLS',
  'cluster-local-domain-tls',
  'system-internal-tls',
  'internal-encryption',
];

function unknownNames(given: object | undefined, known: readonly string[], at: string): FieldError[] {
  return Object.keys(given ?? {})
    .filter((name) => !known.includes(name))
    .map((name) => {
      const meant = nearest(name, known);
      const remedy = meant ? `Did you mean ${JSON.stringify(meant)}?` : `There are ${[...known].sort().join(', ')}.`;
      return withRemedy(generic(`nothing reads ${JSON.stringify(name)}`, `${at}.${name}`), remedy);
    });
}

const flagErrors = ({ features = {} }: PlatformSettings): FieldError[] =>
  Object.entries(features).flatMap(([name, flag]) =>
    name === 'securePodDefaults' || flag === undefined || FLAGS.includes(flag)
      ? []
      : [withRemedy(invalidValue(flag, `settings.features.${name}`), `There are ${FLAGS.join(', ')}.`)],
  );

const tlsErrors = (raw: RawSettings = {}): FieldError[] =>
  TLS_KEYS.filter((key) => /^(enabled|true)$/i.test(raw['config-network']?.[key] ?? '')).map((key) =>
    withRemedy(
      generic('certificates are not ordered here', `settings.raw.serving.config-network.${key}`),
      'Name the Secret with the certificate in a DomainMapping (option tls), or end TLS in front of the platform and set settings.network.defaultExternalScheme to "https".',
    ),
  );

/** Keys of config-deployment for sidecars that end TLS or have tokens, in kebab case. */
const FOREIGN_SIDECAR = /^queue-sidecar-(token-audiences|rootca|tls-)/;

const sidecarErrors = (raw: RawSettings = {}): FieldError[] =>
  Object.entries(raw['config-deployment'] ?? {}).flatMap(([key, value]) =>
    FOREIGN_SIDECAR.test(key) && value !== ''
      ? [
          withRemedy(
            generic('the sidecar here has no certificates and no tokens', `settings.raw.serving.config-deployment.${key}`),
            'Leave it out.',
          ),
        ]
      : [],
  );

/** What is wrong with the settings: names that nothing reads, and what Knative says of the ConfigMaps. */
export function settingsErrors(options: PlatformOptions): FieldError[] {
  const { settings = {} } = options;
  const platform = resolvePlatform(options, '');
  const strangers = [
    ...unknownNames(settings.features, Object.keys(defaultFeaturesConfig), 'settings.features'),
    ...unknownNames(
      settings.eventingFeatures,
      [...Object.keys(defaultEventingFeatures), 'requestReplyDefaultTimeout'],
      'settings.eventingFeatures',
    ),
    ...unknownNames(settings.raw?.serving, SERVING_MAPS, 'settings.raw.serving'),
    ...unknownNames(settings.raw?.eventing, eventingConfigMaps, 'settings.raw.eventing'),
    ...flagErrors(settings),
    ...tlsErrors(settings.raw?.serving),
    ...sidecarErrors(settings.raw?.serving),
  ];
  if (strangers.length > 0) return strangers;
  return configMaps(platform).flatMap((map) => {
    const error = configMapError(map, parseYaml);
    const where = map.metadata.namespace === EVENTING_NAMESPACE ? 'eventing' : 'serving';
    return error === undefined ? [] : [generic(error, `settings (ConfigMap ${map.metadata.name} of knative-${where})`)];
  });
}
