import type { ChannelTemplateSpec, DeliverySpec, KReference } from '../generated/types';

/** What is switched on of what Knative Eventing has behind a switch (ConfigMap `config-features`). */
export interface EventingFeatures {
  /** Triggers and subscriptions may name a broker or channel of another namespace. */
  readonly crossNamespaceEventLinks: boolean;
  readonly deliveryTimeout: boolean;
  readonly deliveryRetryAfter: boolean;
  /** Senders prove who they are, and EventPolicies count. */
  readonly authenticationOidc: boolean;
  readonly newApiServerSourceFilters: boolean;
}

/** What a broker is made of that says nothing itself (ConfigMap `config-br-defaults`). */
export interface BrokerDefaults {
  readonly brokerClass: string;
  readonly config: KReference;
  readonly delivery?: DeliverySpec;
}

/** The settings of Knative Eventing: the ConfigMaps of namespace knative-eventing, typed. */
export interface EventingConfig {
  readonly features: EventingFeatures;
  readonly broker: BrokerDefaults;
  /** The kind of channel where none is named (ConfigMap `default-ch-webhook`). */
  readonly channelTemplate: ChannelTemplateSpec;
  /** ISO-8601. */
  readonly requestReplyTimeout: string;
  /** Most bytes of data that a PingSource may send; -1: no limit (ConfigMap `config-ping-defaults`). */
  readonly pingDataMaxSize: number;
}

/** The settings that a release of upstream installs. */
export const defaultEventingConfig: EventingConfig = {
  features: {
    crossNamespaceEventLinks: false,
    deliveryTimeout: true,
    deliveryRetryAfter: false,
    authenticationOidc: false,
    newApiServerSourceFilters: false,
  },
  broker: {
    brokerClass: 'MTChannelBasedBroker',
    config: { apiVersion: 'v1', kind: 'ConfigMap', name: 'config-br-default-channel', namespace: 'knative-eventing' },
    delivery: { retry: 10, backoffPolicy: 'exponential', backoffDelay: 'PT0.2S' },
  },
  channelTemplate: { apiVersion: 'messaging.knative.dev/v1', kind: 'InMemoryChannel' },
  requestReplyTimeout: 'PT30S',
  pingDataMaxSize: -1,
};
