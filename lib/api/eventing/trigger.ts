import {
  disallowedFields,
  type FieldError,
  generic,
  isJsonObject,
  missingField,
  multipleOneOf,
  via,
  withRemedy,
} from '../../base';
import { readyColumns, statusColumn } from '../columns';
import { ConditionSet } from '../conditions';
import type { ServingConfig } from '../config';
import type { Trigger, TriggerSpec } from '../generated/types';
import { annotationOf, annotations, labels } from '../keys';
import type { KindRules } from '../kind-rules';
import { resourceType } from '../resource-type';
import { ageColumn } from './columns';
import { consumerOptionErrors } from './consumer-options';
import { defaultDelivery, deliveryErrors } from './delivery';
import { defaultDestination, destinationErrors } from './destination';
import { attributeNameErrors, filterErrors } from './filters';
import { immutableErrors } from './immutable';

export type { SubscriptionsAPIFilter, Trigger, TriggerFilter, TriggerSpec, TriggerStatus } from '../generated/types';

/** The events of a broker that go to one subscriber. */
export const TriggerType = resourceType<Trigger>('eventing.knative.dev/v1', 'Trigger', 'triggers', {
  categories: ['all', 'knative', 'eventing'],
  columns: [
    { name: 'Broker', type: 'string', jsonPath: '.spec.broker' },
    statusColumn('Subscriber_URI', 'subscriberUri'),
    ageColumn,
    ...readyColumns,
  ],
});

export const triggerConditions = new ConditionSet('Ready', [
  'BrokerReady',
  'SubscriptionReady',
  'DependencyReady',
  'SubscriberResolved',
  'DeadLetterSinkResolved',
  'OIDCIdentityCreated',
]);

const DEFAULT_BROKER = 'default';

function setDefaults(trigger: Trigger, { eventing: { features } }: ServingConfig): Trigger {
  const { metadata, spec } = trigger;
  const broker = spec.broker || (features.crossNamespaceEventLinks ? spec.brokerRef?.name : undefined);
  return {
    ...trigger,
    metadata: broker ? { ...metadata, labels: { ...metadata.labels, [labels.broker]: broker } } : metadata,
    spec: {
      ...spec,
      filter: spec.filter ?? {},
      subscriber: defaultDestination(spec.subscriber, metadata.namespace),
      ...(spec.delivery ? { delivery: defaultDelivery(spec.delivery, metadata.namespace) } : {}),
    },
  };
}

function brokerErrors({ broker, brokerRef }: TriggerSpec, crossNamespace: boolean): FieldError[] {
  const linked = brokerRef?.namespace && !crossNamespace;
  const details = 'only name, apiVersion and kind are supported fields when feature.CrossNamespaceEventLinks is disabled';
  return [
    ...(!broker && !brokerRef ? [withRemedy(missingField('broker'), 'Name the broker whose events are wanted.')] : []),
    ...(broker && brokerRef ? [multipleOneOf('broker', 'brokerRef')] : []),
    ...(linked ? [{ ...disallowedFields('brokerRef.namespace'), details }] : []),
  ];
}

/** An annotation that names an object which must be ready first. */
function dependencyErrors(text: string, namespace: string | undefined): FieldError[] {
  let reference: unknown;
  try {
    reference = JSON.parse(text);
  } catch {
    reference = undefined;
  }
  const error = `The provided annotation was not a corev1.ObjectReference: ${JSON.stringify(text)}`;
  if (!isJsonObject(reference)) {
    return [withRemedy(generic(error, ''), 'Write JSON: {"apiVersion": …, "kind": …, "name": …}.')];
  }
  const { namespace: other } = reference;
  const message = `Namespace must be empty or equal to the trigger namespace ${JSON.stringify(namespace ?? '')}`;
  return [
    ...(other && other !== namespace ? [generic(message, 'namespace')] : []),
    ...['kind', 'name', 'apiVersion']
      .filter((field) => !(reference as Record<string, unknown>)[field])
      .map((f) => missingField(f)),
  ];
}

/** Its older name is not looked at, as upstream: manifests have it beside brokers of every name. */
const INJECTION = annotations.injection[0];

function injectionErrors(value: string, broker: string): FieldError[] {
  const quoted = JSON.stringify;
  if (value !== 'enabled' && value !== 'disabled') {
    return [generic(`The provided injection annotation value can only be "enabled" or "disabled", not ${quoted(value)}`, '')];
  }
  const message = 'The provided injection annotation is only used for default broker, but non-default broker specified here: ';
  return broker === DEFAULT_BROKER ? [] : [generic(message + quoted(broker), '')];
}

function validate({ metadata, spec }: Trigger, { eventing: { features } }: ServingConfig): FieldError[] {
  const dependency = annotationOf(metadata.annotations, annotations.dependency);
  const injection = metadata.annotations?.[INJECTION];
  const at = (key: string) => `metadata.annotations[${key}]`;
  return [
    ...via('spec', [
      ...brokerErrors(spec, features.crossNamespaceEventLinks),
      ...via('filter.attributes', attributeNameErrors(spec.filter?.attributes)),
      ...via('filters', filterErrors(spec.filters)),
      ...via('subscriber', destinationErrors(spec.subscriber)),
      ...via('delivery', deliveryErrors(spec.delivery, features)),
    ]),
    ...(dependency === undefined ? [] : via(at(annotations.dependency[0]), dependencyErrors(dependency, metadata.namespace))),
    ...(injection === undefined ? [] : via(at(INJECTION), injectionErrors(injection, spec.broker ?? ''))),
    ...via('metadata.annotations', consumerOptionErrors(metadata.annotations)),
  ];
}

function validateUpdate(old: Trigger, next: Trigger): FieldError[] {
  const remedy = 'Make a trigger of another name for the other broker.';
  return immutableErrors(old.spec.broker ?? '', next.spec.broker ?? '', 'spec.broker', remedy);
}

export const triggerRules: KindRules<Trigger> = { setDefaults, validate, validateUpdate };
