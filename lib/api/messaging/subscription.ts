import { disallowedFields, type FieldError, missingField, via } from '../../base';
import { readyColumns } from '../columns';
import { ConditionSet } from '../conditions';
import type { ServingConfig } from '../config';
import { ageColumn } from '../eventing/columns';
import { consumerOptionErrors } from '../eventing/consumer-options';
import { defaultDelivery, deliveryErrors } from '../eventing/delivery';
import { defaultDestination, destinationErrors, referenceErrors } from '../eventing/destination';
import { immutableErrors } from '../eventing/immutable';
import type { Destination, KReference, Subscription } from '../generated/types';
import type { KindRules } from '../kind-rules';
import { resourceType } from '../resource-type';

export type { PhysicalSubscription, Subscription, SubscriptionSpec, SubscriptionStatus } from '../generated/types';

/** The events of a channel that go to one subscriber, whose answers may go further. */
export const SubscriptionType = resourceType<Subscription>('messaging.knative.dev/v1', 'Subscription', 'subscriptions', {
  shortNames: ['sub'],
  categories: ['all', 'knative', 'messaging'],
  columns: [ageColumn, ...readyColumns],
});

export const subscriptionConditions = new ConditionSet('Ready', [
  'ReferencesResolved',
  'AddedToChannel',
  'ChannelReady',
  'OIDCIdentityCreated',
]);

function setDefaults(subscription: Subscription): Subscription {
  const { namespace } = subscription.metadata;
  const { subscriber, reply, delivery } = subscription.spec;
  return {
    ...subscription,
    spec: {
      ...subscription.spec,
      ...(subscriber ? { subscriber: defaultDestination(subscriber, namespace) } : {}),
      ...(reply ? { reply: defaultDestination(reply, namespace) } : {}),
      ...(delivery ? { delivery: defaultDelivery(delivery, namespace) } : {}),
    },
  };
}

const isEmpty = (object: Destination | KReference | undefined): boolean => !object || Object.keys(object).length === 0;

function channelErrors(channel: KReference, crossNamespace: boolean): FieldError[] {
  const details = 'only name, apiVersion and kind are supported fields when feature.CrossNamespaceEventLinks is disabled';
  return [
    ...referenceErrors(channel),
    ...(channel.namespace && !crossNamespace ? [{ ...disallowedFields('namespace'), details }] : []),
  ];
}

function validate({ metadata, spec }: Subscription, { eventing: { features } }: ServingConfig): FieldError[] {
  const { channel, subscriber, reply, delivery } = spec;
  if (isEmpty(channel)) return [{ ...missingField('spec.channel'), details: 'the Subscription must reference a channel' }];
  const errors = via('spec', [
    ...via('channel', channelErrors(channel, features.crossNamespaceEventLinks)),
    ...(isEmpty(subscriber)
      ? [{ ...missingField('subscriber'), details: 'the Subscription must reference a subscriber' }]
      : via('subscriber', destinationErrors(subscriber))),
    ...via('reply', destinationErrors(reply)),
    ...via('delivery', deliveryErrors(delivery, features)),
  ]);
  return [...errors, ...via('metadata.annotations', consumerOptionErrors(metadata.annotations))];
}

function validateUpdate(old: Subscription, next: Subscription): FieldError[] {
  const remedy = 'Make a subscription of another name for the other channel.';
  return immutableErrors({ channel: old.spec.channel }, { channel: next.spec.channel }, 'spec', remedy);
}

export const subscriptionRules: KindRules<Subscription> = { setDefaults, validate, validateUpdate };
