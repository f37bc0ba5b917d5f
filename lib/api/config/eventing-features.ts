import { nearest } from '../schema/near-miss';
import { type ConfigData, ConfigReader } from './config-data';

/** Who may send to a receiver for which there is no EventPolicy. */
export type AuthorizationMode = 'allow-all' | 'allow-same-namespace' | 'deny-all';

/** What is switched on of what Knative Eventing has behind a switch (ConfigMap `config-features` of namespace knative-eventing). */
export interface EventingFeatures {
  /** Triggers and subscriptions may name a broker or channel of another namespace. */
  readonly crossNamespaceEventLinks: boolean;
  readonly deliveryTimeout: boolean;
  readonly deliveryRetryAfter: boolean;
  /** Senders prove who they are, and EventPolicies count. */
  readonly authenticationOidc: boolean;
  /** Counts with `authenticationOidc`. */
  readonly defaultAuthorizationMode: AuthorizationMode;
  readonly newApiServerSourceFilters: boolean;
  /** Every type of events that a broker or channel takes gets an EventType. */
  readonly eventTypeAutoCreate: boolean;
}

/** What a release of upstream installs. */
export const defaultEventingFeatures: EventingFeatures = {
  crossNamespaceEventLinks: false,
  deliveryTimeout: true,
  deliveryRetryAfter: false,
  authenticationOidc: false,
  defaultAuthorizationMode: 'allow-same-namespace',
  newApiServerSourceFilters: false,
  eventTypeAutoCreate: false,
};

type Switch = Exclude<keyof EventingFeatures, 'defaultAuthorizationMode'>;

const SWITCHES: Readonly<Record<Switch, string>> = {
  crossNamespaceEventLinks: 'cross-namespace-event-links',
  deliveryTimeout: 'delivery-timeout',
  deliveryRetryAfter: 'delivery-retryafter',
  authenticationOidc: 'authentication-oidc',
  newApiServerSourceFilters: 'new-apiserversource-filters',
  eventTypeAutoCreate: 'eventtype-auto-create',
};
/** The key of a feature in config-features. */
export const eventingFeatureKey = (name: keyof EventingFeatures): string =>
  name === 'defaultAuthorizationMode' ? MODE : SWITCHES[name];

const FLAGS = ['enabled', 'allowed', 'disabled'] as const;
const MODES: readonly AuthorizationMode[] = ['allow-all', 'allow-same-namespace', 'deny-all'];
const MODE = 'default-authorization-mode';
const ISSUER = 'https://kubernetes.default.svc';

const NODES = 'apiserversources-nodeselector-';
/** What upstream can be told and is not done here, with what to do about it. */
const MISSING: Readonly<Record<string, string>> = {
  'kreference-group': 'references name their kind by apiVersion here, set it to disabled',
  'kreference-mapping': 'references lead to what has an address in its status here, set it to disabled and use uri',
};
const OTHERS = [MODE, 'transport-encryption', 'oidc-discovery-base-url', 'requestreply-default-timeout'];
const KEYS = [...Object.values(SWITCHES), ...Object.keys(MISSING), ...OTHERS];

/** What is wrong with a key: one that means nothing here, and one that was meant to be another. */
function keyProblem(key: string, text: string): string | undefined {
  const value = text.toLowerCase();
  if (key.startsWith('_')) return undefined;
  const told = `${key} is ${JSON.stringify(text)}`;
  if (Object.values(SWITCHES).includes(key) || key in MISSING) {
    if (!FLAGS.some((flag) => flag === value)) return `${told}, but must be one of enabled, disabled`;
    return key in MISSING && value === 'enabled' ? `${told}: ${MISSING[key]}` : undefined;
  }
  if (key.startsWith(NODES)) return `${told}: an ApiServerSource has no pod here that could be put on a node, remove it`;
  const meant = KEYS.includes(key) ? undefined : nearest(key, KEYS);
  return meant && `there is no feature ${key}: write ${meant}`;
}

/**
 * `config-features` of Knative Eventing from its data. Throws KNC2201 for a flag that is none and a key that is nearly one (upstream
 * goes on without a word), for an authorization mode that there is not (upstream then lets everybody in), and for what cannot be had
 * here, by name. Keys that are nobody's here are left to whoever reads them.
 */
export function parseEventingFeatures(data: ConfigData): EventingFeatures {
  const reader: ConfigReader = new ConfigReader('config-features', data);
  const modeText = reader.string(defaultEventingFeatures.defaultAuthorizationMode, MODE);
  const mode = MODES.find((one) => one === modeText.toLowerCase());
  if (!mode) return reader.fail(`${MODE} is ${JSON.stringify(modeText)}, but must be one of ${MODES.join(', ')}`);
  const transport = reader.string('disabled', 'transport-encryption');
  const issuer = reader.string(ISSUER, 'oidc-discovery-base-url');
  reader.require(
    [
      transport.toLowerCase() === 'disabled',
      `transport-encryption is ${JSON.stringify(transport)}: receivers of events have no certificates here, set it to disabled`,
    ],
    [
      issuer === ISSUER,
      `oidc-discovery-base-url is ${JSON.stringify(issuer)}: tokens are issued by the API server alone, remove it`,
    ],
  );
  for (const [key, text] of Object.entries(data)) {
    const problem = keyProblem(key, text);
    if (problem) reader.fail(problem);
  }
  const switches = (Object.entries(SWITCHES) as [Switch, string][]).map(
    ([name, key]) =>
      [name, reader.flag(defaultEventingFeatures[name] ? 'enabled' : 'disabled', FLAGS, key) === 'enabled'] as const,
  );
  return { ...(Object.fromEntries(switches) as Record<Switch, boolean>), defaultAuthorizationMode: mode };
}
