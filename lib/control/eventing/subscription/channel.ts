import {
  type Channel,
  ChannelType,
  isReady,
  type KReference,
  type ServingConfig,
  type Stored,
  type Subscription,
} from '../../../api';
import type { Observed, Read } from '../../reconciler';
import { notFoundText, ResolveError } from '../../resolve';
import { type ChannelObject, channelTypeOf, notServed, physicalTypeOf } from '../channel-kind';

const isFront = ({ apiVersion, kind }: Pick<KReference, 'apiVersion' | 'kind'>): boolean =>
  kind === ChannelType.kind && apiVersion === `${ChannelType.group}/${ChannelType.version}`;

function placeOf({ metadata, spec }: Subscription, { eventing }: ServingConfig): string | undefined {
  return (eventing.features.crossNamespaceEventLinks && spec.channel.namespace) || metadata.namespace;
}

/** The channel that a subscription names, and the one behind it. */
export function channelReads(subscription: Subscription, config: ServingConfig): Read[] {
  const { channel } = subscription.spec;
  const namespace = placeOf(subscription, config);
  const type = channelTypeOf(channel);
  if (!type) return [];
  const backing = physicalTypeOf({ apiVersion: channel.apiVersion, kind: 'InMemoryChannel' });
  return [
    { type, namespace, name: channel.name },
    ...(isFront(channel) && backing ? [{ type: backing, namespace, name: channel.name }] : []),
  ];
}

/**
 * The channel that the events of a subscription are really in: the one that it names, or the one behind that.
 *
 * @param how `any`: also if the Channel that stands before it is not ready, or gone
 * @throws ResolveError
 */
export function findChannel(
  subscription: Subscription,
  observed: Observed,
  config: ServingConfig,
  how: 'ready' | 'any' = 'ready',
): Stored<ChannelObject> {
  const { channel: ref } = subscription.spec;
  const namespace = placeOf(subscription, config);
  const type = channelTypeOf(ref);
  if (!type) throw new ResolveError(notServed(ref));
  const named = observed.get(type, namespace, ref.name);
  if (!isFront(ref)) {
    if (!named) throw new ResolveError(notFoundText(type, ref.name));
    return named;
  }
  if (!named && how === 'ready') throw new ResolveError(notFoundText(type, ref.name));
  const front = named as Stored<Channel> | undefined;
  const behind = front?.status?.channel;
  if (how === 'ready' && !(front && isReady(front) && behind)) throw new ResolveError('channel is not ready.');
  const physical = physicalTypeOf(behind ?? { apiVersion: ref.apiVersion, kind: 'InMemoryChannel' });
  const channel = physical && observed.get(physical, namespace, behind?.name ?? ref.name);
  if (!physical || !channel) throw new ResolveError(physical ? notFoundText(physical, ref.name) : notServed(behind!));
  return channel;
}

const withLinks = (config: ServingConfig): ServingConfig => ({
  ...config,
  eventing: { ...config.eventing, features: { ...config.eventing.features, crossNamespaceEventLinks: true } },
});

/** Whether a subscription names a channel of another namespace, and that does not count any more. */
const isCut = ({ metadata, spec }: Subscription, { eventing }: ServingConfig): boolean =>
  !eventing.features.crossNamespaceEventLinks && (spec.channel.namespace || metadata.namespace) !== metadata.namespace;

/** What `formerChannel` looks at. */
export const formerChannelReads = (subscription: Subscription, config: ServingConfig): Read[] =>
  isCut(subscription, config) ? channelReads(subscription, withLinks(config)) : [];

/** The channel of another namespace that a subscription was in while cross-namespace-event-links was on. */
export function formerChannel(
  subscription: Subscription,
  observed: Observed,
  config: ServingConfig,
): Stored<ChannelObject> | undefined {
  if (!isCut(subscription, config)) return undefined;
  try {
    return findChannel(subscription, observed, withLinks(config), 'any');
  } catch (error) {
    if (error instanceof ResolveError) return undefined;
    throw error;
  }
}
