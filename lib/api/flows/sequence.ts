import { type FieldError, missingField, via } from '../../base';
import { ConditionSet } from '../conditions';
import { channelTemplateFor, type ServingConfig } from '../config';
import { addressColumns } from '../eventing/columns';
import { deliveryErrors } from '../eventing/delivery';
import { defaultDestination, destinationErrors } from '../eventing/destination';
import type { Sequence } from '../generated/types';
import type { KindRules } from '../kind-rules';
import { channelTemplateErrors } from '../messaging/channel-template';
import { resourceType } from '../resource-type';

export type { Sequence, SequenceSpec, SequenceStatus, SequenceStep } from '../generated/types';

/** Steps that an event passes one after the other. */
export const SequenceType = resourceType<Sequence>('flows.knative.dev/v1', 'Sequence', 'sequences', {
  categories: ['all', 'knative', 'flows'],
  columns: addressColumns,
});

export const sequenceConditions = new ConditionSet('Ready', [
  'ChannelsReady',
  'SubscriptionsReady',
  'Addressable',
  'EventPoliciesReady',
]);

function setDefaults(sequence: Sequence, { eventing }: ServingConfig): Sequence {
  const { namespace } = sequence.metadata;
  const { steps, reply, channelTemplate = channelTemplateFor(eventing.channel, namespace) } = sequence.spec;
  return {
    ...sequence,
    spec: {
      ...sequence.spec,
      channelTemplate,
      steps: steps.map((step) => defaultDestination(step, namespace)),
      ...(reply ? { reply: defaultDestination(reply, namespace) } : {}),
    },
  };
}

function validate({ spec }: Sequence, { eventing: { features } }: ServingConfig): FieldError[] {
  const { steps, channelTemplate, reply } = spec;
  return via('spec', [
    ...(steps.length === 0 ? [missingField('steps')] : []),
    ...steps.flatMap((step, i) =>
      via(`steps[${i}]`, [...destinationErrors(step), ...via('delivery', deliveryErrors(step.delivery, features))]),
    ),
    ...channelTemplateErrors(channelTemplate),
    ...via('reply', destinationErrors(reply)),
  ]);
}

export const sequenceRules: KindRules<Sequence> = { setDefaults, validate };
