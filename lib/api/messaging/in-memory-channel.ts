import { type FieldError, invalidValue, missingField, via } from '../../base';
import { ConditionSet } from '../conditions';
import type { ServingConfig } from '../config';
import { addressColumns } from '../eventing/columns';
import { strayOptionErrors } from '../eventing/consumer-options';
import { defaultDelivery, deliveryErrors } from '../eventing/delivery';
import type { InMemoryChannel, SubscriberSpec } from '../generated/types';
import { annotationOf, annotations } from '../keys';
import type { KindRules } from '../kind-rules';
import { resourceType } from '../resource-type';
import { subscribableMetadata } from './channel';

export type { InMemoryChannel, InMemoryChannelSpec, InMemoryChannelStatus } from '../generated/types';

/** A channel that keeps events in memory. */
export const InMemoryChannelType = resourceType<InMemoryChannel>(
  'messaging.knative.dev/v1',
  'InMemoryChannel',
  'inmemorychannels',
  { shortNames: ['imc'], categories: ['all', 'knative', 'messaging', 'channel'], columns: addressColumns },
);

export const inMemoryChannelConditions = new ConditionSet('Ready', [
  'ServiceReady',
  'EndpointsReady',
  'Addressable',
  'ChannelServiceReady',
  'DeadLetterSinkResolved',
  'EventPoliciesReady',
]);

function setDefaults(channel: InMemoryChannel): InMemoryChannel {
  const { spec = {}, metadata } = channel;
  const { delivery } = spec;
  return {
    ...channel,
    metadata: subscribableMetadata(metadata),
    spec: delivery ? { ...spec, delivery: defaultDelivery(delivery, metadata.namespace) } : spec,
  };
}

function subscriberErrors({ subscriberUri, replyUri }: SubscriberSpec): FieldError[] {
  if (subscriberUri !== undefined || replyUri !== undefined) return [];
  return [{ ...missingField('replyURI', 'subscriberURI'), details: 'expected at least one of, got none' }];
}

function validate({ metadata, spec = {} }: InMemoryChannel, { eventing: { features } }: ServingConfig): FieldError[] {
  const scope = annotationOf(metadata.annotations, annotations.eventingScope);
  const known = scope === undefined || scope === 'cluster' || scope === 'namespace';
  const path = `metadata.annotations[${annotations.eventingScope[0]}]`;
  return [
    ...via('spec', [
      ...(spec.subscribers ?? []).flatMap((one, i) => via(`subscribable.subscriber[${i}]`, subscriberErrors(one))),
      ...via('delivery', deliveryErrors(spec.delivery, features)),
    ]),
    ...(known ? [] : [invalidValue(scope, path, "expected either 'cluster' or 'namespace'")]),
    ...via('metadata.annotations', strayOptionErrors(metadata.annotations)),
  ];
}

export const inMemoryChannelRules: KindRules<InMemoryChannel> = { setDefaults, validate };
