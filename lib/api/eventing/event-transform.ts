import { type FieldError, generic, missingOneOf, multipleOneOf, via } from '../../base';
import { readyColumns, statusColumn } from '../columns';
import { ConditionSet } from '../conditions';
import type { EventTransform } from '../generated/types';
import type { KindRules } from '../kind-rules';
import { resourceType } from '../resource-type';
import { destinationErrors } from './destination';

export type { EventTransform, EventTransformSpec, EventTransformStatus } from '../generated/types';

/** An addressable thing that changes events and sends them on, or answers with them. */
export const EventTransformType = resourceType<EventTransform>(
  'eventing.knative.dev/v1alpha1',
  'EventTransform',
  'eventtransforms',
  {
    categories: ['all', 'knative', 'eventing'],
    columns: [statusColumn('URL', 'address.url'), statusColumn('Sink', 'sinkUri'), ...readyColumns],
  },
);

export const eventTransformConditions = new ConditionSet('Ready', ['TransformationReady', 'Addressable', 'EventPoliciesReady']);

const NO_CERTIFICATES =
  'CACerts for the sink is not supported for JSONata transformations, to propagate CA trust bundles use labeled ConfigMaps: networking.knative.dev/trust-bundle: true';
const IMMUTABLE = 'Suggestion: create a new transformation, migrate services to the new one, and delete this transformation.';

function validate({ spec: { jsonata, sink, reply } }: EventTransform): FieldError[] {
  return via('spec', [
    ...(jsonata ? [] : [missingOneOf('jsonata')]),
    ...via('sink', destinationErrors(sink)),
    ...(sink?.CACerts !== undefined && jsonata ? [generic(NO_CERTIFICATES, 'sink.CACerts')] : []),
    ...(reply && !sink ? [generic('reply is set without spec.sink', 'reply')] : []),
    ...(reply && sink && reply.jsonata && reply.discard ? via('reply', [multipleOneOf('jsonata', 'discard')]) : []),
  ]);
}

function validateUpdate({ spec: old }: EventTransform, { spec: next }: EventTransform): FieldError[] {
  const [was, is] = [old.jsonata !== undefined, next.jsonata !== undefined];
  if (was === is) return [];
  const change = is
    ? 'jsonata transformation cannot be changed to a different transformation type'
    : 'transformation type cannot be changed to a jsonata transformation';
  return [generic(`Transformations types are immutable, ${change}. ${IMMUTABLE}`, 'spec.jsonata')];
}

export const eventTransformRules: KindRules<EventTransform> = {
  setDefaults: (transform) => transform,
  validate,
  validateUpdate,
};
