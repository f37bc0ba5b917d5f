import { type FieldError, missingField, via } from '../../base';
import { ConditionSet } from '../conditions';
import { brokerSettings, defaultBrokerClass, type ServingConfig } from '../config';
import type { Broker } from '../generated/types';
import { defaultReference } from '../k-reference';
import { annotationOf, annotations, brokerClasses } from '../keys';
import type { KindRules } from '../kind-rules';
import { resourceType } from '../resource-type';
import { addressColumns } from './columns';
import { strayOptionErrors } from './consumer-options';
import { defaultDelivery, deliveryErrors } from './delivery';
import { referenceErrors } from './destination';
import { immutableErrors } from './immutable';

export type { Broker, BrokerSpec, BrokerStatus } from '../generated/types';

/** A place to which events are sent, and from which triggers take those that they want. */
export const BrokerType = resourceType<Broker>('eventing.knative.dev/v1', 'Broker', 'brokers', {
  categories: ['all', 'knative', 'eventing'],
  columns: [
    ...addressColumns,
    {
      name: 'Class',
      type: 'string',
      jsonPath: '.metadata.annotations.eventing\\.knative\\.dev/broker\\.class',
      priority: 1,
    },
  ],
});

export const brokerConditions = new ConditionSet('Ready', [
  'IngressReady',
  'TriggerChannelReady',
  'FilterReady',
  'Addressable',
  'DeadLetterSinkResolved',
  'EventPoliciesReady',
]);

const CLASS = annotations.brokerClass[0];

/** What makes the broker work: one installation may have several. */
export const brokerClassOf = (broker: Broker): string => annotationOf(broker.metadata.annotations, annotations.brokerClass) ?? '';

/** Whether the broker, with its defaults filled in, is of a class that is served here. */
export const isServedBroker = (broker: Broker): boolean => {
  const given = brokerClassOf(broker);
  return Object.values(brokerClasses).some((served) => served === given);
};

/** As upstream: a config of the broker's own still leaves the delivery to the installation, looked up under the config's kind. */
function setDefaults(broker: Broker, { eventing }: ServingConfig): Broker {
  const { namespace } = broker.metadata;
  const given = brokerClassOf(broker);
  const { config: ownConfig, delivery: ownDelivery } = broker.spec ?? {};
  const defaults = brokerSettings(eventing.broker, namespace, ownConfig ? ownConfig.kind : given);
  const config = ownConfig ?? defaults.config;
  const delivery = ownDelivery ?? defaults.delivery;
  return {
    ...broker,
    metadata: {
      ...broker.metadata,
      annotations: {
        ...broker.metadata.annotations,
        [CLASS]: given || defaultBrokerClass(eventing.broker, namespace),
      },
    },
    spec: {
      ...(config ? { config: defaultReference(config, namespace) } : {}),
      ...(delivery ? { delivery: defaultDelivery(delivery, namespace) } : {}),
    },
  };
}

function validate(broker: Broker, { eventing: { features } }: ServingConfig): FieldError[] {
  const { config, delivery } = broker.spec ?? {};
  return [
    ...(brokerClassOf(broker) ? [] : [missingField(CLASS)]),
    ...(config ? via('spec.config', referenceErrors(config)) : []),
    ...via('spec.delivery', deliveryErrors(delivery, features)),
    ...via('metadata.annotations', strayOptionErrors(broker.metadata.annotations)),
  ];
}

function validateUpdate(old: Broker, next: Broker): FieldError[] {
  const remedy = 'Make a broker of another name, and move the triggers to it.';
  const config = immutableErrors({ config: old.spec?.config }, { config: next.spec?.config }, 'spec', remedy);
  if (config.length > 0) return config;
  const [before, after] = [brokerClassOf(old), brokerClassOf(next)];
  const details = `-: ${JSON.stringify(before)}\n+: ${JSON.stringify(after)}`;
  return before === after
    ? []
    : [{ message: 'Immutable annotations changed (-old +new)', paths: ['annotations'], details, remedy }];
}

export const brokerRules: KindRules<Broker> = { setDefaults, validate, validateUpdate };
