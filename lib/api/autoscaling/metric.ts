import { type FieldError, via } from '../../base';
import { readyColumns } from '../columns';
import type { ServingConfig } from '../config';
import type { Metric } from '../generated/types';
import type { KindRules } from '../kind-rules';
import { metadataErrors } from '../metadata';
import { resourceType } from '../resource-type';

export type { Metric, MetricSpec, MetricStatus } from '../generated/types';

/** The wish that the load of a revision be measured. */
export const MetricType = resourceType<Metric>('autoscaling.internal.knative.dev/v1alpha1', 'Metric', 'metrics', {
  categories: ['knative-internal', 'autoscaling'],
  columns: readyColumns,
});

function validate({ metadata }: Metric, config: ServingConfig): FieldError[] {
  return via('metadata', metadataErrors(metadata, { autoscaling: true }, config));
}

export const metricRules: KindRules<Metric> = { setDefaults: (metric) => metric, validate };
