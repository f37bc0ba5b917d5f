import { type FieldError, missingField, via } from '../../base';
import { readyColumns, statusColumn } from '../columns';
import type { ServingConfig } from '../config';
import type { PodAutoscaler } from '../generated/types';
import { annotations, autoscalerClasses } from '../keys';
import type { KindRules } from '../kind-rules';
import { metadataErrors } from '../metadata';
import { objectReferenceErrors } from '../object-reference';
import { resourceType } from '../resource-type';
import { containerConcurrencyErrors } from '../serving/template-errors';

export type { PodAutoscaler, PodAutoscalerSpec, PodAutoscalerStatus } from '../generated/types';

/** The wish that a revision be scaled. */
export const PodAutoscalerType = resourceType<PodAutoscaler>(
  'autoscaling.internal.knative.dev/v1alpha1',
  'PodAutoscaler',
  'podautoscalers',
  {
    shortNames: ['kpa', 'pa'],
    categories: ['knative-internal', 'autoscaling'],
    columns: [
      statusColumn('DesiredScale', 'desiredScale', 'integer'),
      statusColumn('ActualScale', 'actualScale', 'integer'),
      ...readyColumns,
    ],
  },
);

const DEFAULT_METRICS: Readonly<Record<string, string>> = {
  [autoscalerClasses.kpa]: 'concurrency',
  [autoscalerClasses.hpa]: 'cpu',
};

function setDefaults(autoscaler: PodAutoscaler, config: ServingConfig): PodAutoscaler {
  const given = autoscaler.metadata.annotations ?? {};
  const [classKey, metricKey] = [annotations.class[0], annotations.metric[0]];
  const autoscalerClass = given[classKey] ?? config.autoscaler.podAutoscalerClass;
  const metric = given[metricKey] ?? DEFAULT_METRICS[autoscalerClass] ?? '';
  const all = { ...given, [classKey]: autoscalerClass, [metricKey]: metric };
  return { ...autoscaler, metadata: { ...autoscaler.metadata, annotations: all } };
}

function validate({ metadata, spec }: PodAutoscaler, config: ServingConfig): FieldError[] {
  return [
    ...via('metadata', metadataErrors(metadata, { autoscaling: true }, config)),
    ...via('spec', [
      ...via('scaleTargetRef', objectReferenceErrors(spec.scaleTargetRef)),
      ...containerConcurrencyErrors(spec.containerConcurrency ?? 0, config.defaults),
      ...(spec.protocolType ? [] : [missingField('protocolType')]),
    ]),
  ];
}

export const podAutoscalerRules: KindRules<PodAutoscaler> = { setDefaults, validate };
