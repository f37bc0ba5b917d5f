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
const FLAGS = ['enabled', 'allowed', 'disabled'] as const;
const MODES: readonly AuthorizationMode[] = ['allow-all', 'allow-same-namespace', 'deny-all'];
const MODE = 'default-authorization-mode';
const ISSUER = 'https://kubernetes.default.svc';

/**
 * `config-features` of Knative Eventing from its data. A text that is no flag leaves the default, as upstream has it. Throws KNC2201 for
 * an authorization mode that there is not (upstream then lets everybody in), and for what cannot be had here: encrypted transport,
 * tokens of another issuer.
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
  const switches = (Object.entries(SWITCHES) as [Switch, string][]).map(
    ([name, key]) =>
      [name, reader.flag(defaultEventingFeatures[name] ? 'enabled' : 'disabled', FLAGS, key) === 'enabled'] as const,
  );
  return { ...(Object.fromEntries(switches) as Record<Switch, boolean>), defaultAuthorizationMode: mode };
}
