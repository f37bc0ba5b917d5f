import { disallowedFields, type FieldError, invalidValue, missingField, via } from '../../base';
import { readyColumns, statusColumn } from '../columns';
import { ConditionSet } from '../conditions';
import type { ServingConfig } from '../config';
import type { RequestReply } from '../generated/types';
import { labels } from '../keys';
import type { KindRules } from '../kind-rules';
import { resourceType } from '../resource-type';
import { deliveryErrors } from './delivery';
import { referenceErrors } from './destination';
import { parseIsoDuration } from './iso-duration';

export type { RequestReply, RequestReplySpec, RequestReplyStatus } from '../generated/types';

/** An address that takes a request as an event, sends it to a broker, and answers with the event that replies to it. */
export const RequestReplyType = resourceType<RequestReply>('eventing.knative.dev/v1alpha1', 'RequestReply', 'requestreplies', {
  shortNames: ['rr'],
  categories: ['all', 'knative', 'eventing'],
  columns: [statusColumn('URL', 'address.url'), ...readyColumns],
});

export const requestReplyConditions = new ConditionSet('Ready', [
  'TriggersReady',
  'Addressable',
  'EventPoliciesReady',
  'BrokerReady',
]);

/** Attributes that every event has; upstream means source by one that it misspells. */
const CORE = new Set(['', 'id', 'source', 'specversion', 'type']);

function setDefaults(reply: RequestReply, { eventing }: ServingConfig): RequestReply {
  const { metadata, spec } = reply;
  return {
    ...reply,
    metadata: { ...metadata, labels: { ...metadata.labels, [labels.broker]: spec.brokerRef.name } },
    spec: {
      ...spec,
      timeout: spec.timeout || eventing.requestReplyTimeout,
      correlationAttribute: spec.correlationAttribute || 'correlationid',
      replyAttribute: spec.replyAttribute || 'replyid',
    },
  };
}

function attributeErrors(value: string | undefined, field: 'correlationAttribute' | 'replyAttribute'): FieldError[] {
  const details = `${field.toLowerCase()} must be non-empty and cannot be a core cloudevent attribute (id, type, specversion, source)`;
  return CORE.has(value ?? '') ? [invalidValue(value ?? '', field, details)] : [];
}

function timeoutErrors(timeout: string | undefined): FieldError[] {
  if (!timeout) return [missingField('timeout')];
  const duration = parseIsoDuration(timeout);
  if (duration === undefined) return [invalidValue(timeout, 'timeout', 'Write an ISO-8601 duration such as "PT30S".')];
  return duration > 0 ? [] : [invalidValue(timeout, 'timeout', 'timeout must be a positive duration')];
}

function validate({ spec }: RequestReply, { eventing: { features } }: ServingConfig): FieldError[] {
  const { brokerRef, correlationAttribute, replyAttribute, timeout, delivery } = spec;
  const isBroker = brokerRef.kind?.toLowerCase() === 'broker';
  return via('spec', [
    ...via('brokerRef', [
      ...referenceErrors(brokerRef),
      ...(isBroker ? [] : [invalidValue(brokerRef.kind ?? '', 'kind', 'brokerRef kind must be Broker')]),
      ...(brokerRef.namespace ? [disallowedFields('namespace')] : []),
    ]),
    ...via('delivery', deliveryErrors(delivery, features)),
    ...timeoutErrors(timeout),
    ...attributeErrors(correlationAttribute, 'correlationAttribute'),
    ...attributeErrors(replyAttribute, 'replyAttribute'),
  ]);
}

export const requestReplyRules: KindRules<RequestReply> = { setDefaults, validate };
