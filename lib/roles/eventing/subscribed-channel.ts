import type { InMemoryChannel, Stored, Subscription } from '../../api';

const GROUP = 'messaging.knative.dev/';

/** The channels that a Subscription may mean, as `NAMESPACE/NAME`: which of them it is depends on the settings. One behind a Channel has its name. */
export const channelsOf = ({ metadata, spec: { channel } }: Subscription): readonly string[] =>
  ['Channel', 'InMemoryChannel'].includes(channel.kind) && channel.apiVersion?.startsWith(GROUP)
    ? [...new Set([metadata.namespace, channel.namespace].map((namespace = '') => `${namespace}/${channel.name}`))]
    : [];

/** Whether a Subscription may mean this channel, whatever the settings are. */
export const mayMean = (subscription: Subscription, { metadata: { namespace = '', name } }: Stored<InMemoryChannel>): boolean =>
  channelsOf(subscription).includes(`${namespace}/${name}`);

/** Whether a Subscription means this channel. @param links whether it may be of another namespace */
export const isOf = (subscription: Subscription, channel: Stored<InMemoryChannel>, links: boolean): boolean =>
  mayMean(subscription, channel) &&
  ((links && subscription.spec.channel.namespace) || subscription.metadata.namespace) === channel.metadata.namespace;
