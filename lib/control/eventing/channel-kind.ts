import {
  type ChannelTemplateSpec,
  ChannelType,
  controllerRef,
  type InMemoryChannel,
  InMemoryChannelType,
  type KReference,
  type KubeObject,
  type ResourceType,
  type Stored,
} from '../../api';
import { typeAmong } from '../resolve';

/** What every kind of channel has (Knative's Channelable). */
export type ChannelObject = InMemoryChannel;

/** Kinds of channel that events are really in. */
const physical: readonly ResourceType<ChannelObject>[] = [InMemoryChannelType];
/** Those, and the one that only stands before another. */
const all: readonly ResourceType<ChannelObject>[] = [...physical, ChannelType as unknown as ResourceType<ChannelObject>];

type Named = Pick<KReference, 'apiVersion' | 'kind'>;

/** The kind of channel that is named, if it is served here. */
export const channelTypeOf = (named: Named): ResourceType<ChannelObject> | undefined =>
  typeAmong(all, named) as ResourceType<ChannelObject> | undefined;

/** The same, without the one that only stands before another. */
export const physicalTypeOf = (named: Named): ResourceType<ChannelObject> | undefined =>
  typeAmong(physical, named) as ResourceType<ChannelObject> | undefined;

export const channelTypes = all;

export const notServed = ({ apiVersion, kind }: Named): string =>
  `no channels of ${apiVersion}, Kind=${kind} are served here: use InMemoryChannel of messaging.knative.dev/v1`;

/**
 * The channel that a template asks for, controlled by `owner`. Its subscribers are those that `existing` has: others write them.
 *
 * @param delivery how it delivers, unless the template says it
 */
export function makeChannel(
  owner: Stored<KubeObject>,
  name: string,
  template: ChannelTemplateSpec,
  existing: ChannelObject | undefined,
  delivery?: NonNullable<ChannelObject['spec']>['delivery'],
): ChannelObject {
  const subscribers = existing?.spec?.subscribers;
  return {
    apiVersion: template.apiVersion ?? '',
    kind: template.kind ?? '',
    metadata: { name, namespace: owner.metadata.namespace, ownerReferences: [controllerRef(owner)] },
    spec: {
      ...(delivery ? { delivery } : {}),
      ...(template.spec as object | undefined),
      ...(subscribers ? { subscribers } : {}),
    },
  };
}
