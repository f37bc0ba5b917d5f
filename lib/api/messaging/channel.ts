import { disallowedFields, type FieldError, via } from '../../base';
import { ConditionSet } from '../conditions';
import { channelTemplateFor, type ServingConfig } from '../config';
import { addressColumns } from '../eventing/columns';
import { strayOptionErrors } from '../eventing/consumer-options';
import { defaultDelivery, deliveryErrors } from '../eventing/delivery';
import { immutableErrors } from '../eventing/immutable';
import type { Channel } from '../generated/types';
import { annotations } from '../keys';
import type { KindRules } from '../kind-rules';
import type { ObjectMeta } from '../meta';
import { resourceType } from '../resource-type';
import { channelTemplateErrors } from './channel-template';

export type {
  Channel,
  ChannelSpec,
  ChannelStatus,
  ChannelTemplateSpec,
  SubscriberSpec,
  SubscriberStatus,
} from '../generated/types';

/** A channel of the kind that the installation provides. */
export const ChannelType = resourceType<Channel>('messaging.knative.dev/v1', 'Channel', 'channels', {
  shortNames: ['ch'],
  categories: ['all', 'knative', 'messaging', 'channel'],
  columns: addressColumns,
});

export const channelConditions = new ConditionSet('Ready', [
  'BackingChannelReady',
  'Addressable',
  'DeadLetterSinkResolved',
  'EventPoliciesReady',
]);

/** The metadata of a channel that says which version of the duck type it follows. */
export function subscribableMetadata(metadata: ObjectMeta): ObjectMeta {
  return { ...metadata, annotations: { [annotations.subscribable[0]]: 'v1', ...metadata.annotations } };
}

function setDefaults(channel: Channel, { eventing }: ServingConfig): Channel {
  const { spec = {}, metadata } = channel;
  const { channelTemplate = channelTemplateFor(eventing.channel, metadata.namespace), delivery } = spec;
  return {
    ...channel,
    metadata: subscribableMetadata(metadata),
    spec: { ...spec, channelTemplate, ...(delivery ? { delivery: defaultDelivery(delivery, metadata.namespace) } : {}) },
  };
}

function validate({ metadata, spec = {} }: Channel, { eventing: { features } }: ServingConfig): FieldError[] {
  const errors = via('spec', [
    ...channelTemplateErrors(spec.channelTemplate),
    ...((spec.subscribers ?? []).length > 0 ? [disallowedFields('subscribable.subscribers')] : []),
    ...via('delivery', deliveryErrors(spec.delivery, features)),
  ]);
  return [...errors, ...via('metadata.annotations', strayOptionErrors(metadata.annotations))];
}

function validateUpdate(old: Channel, next: Channel): FieldError[] {
  const fixed = ({ spec: { subscribers: _subscribers, ...spec } = {} }: Channel) => spec;
  return immutableErrors(fixed(old), fixed(next), 'spec', 'Make a channel of another name, and move the subscriptions to it.');
}

export const channelRules: KindRules<Channel> = { setDefaults, validate, validateUpdate };
