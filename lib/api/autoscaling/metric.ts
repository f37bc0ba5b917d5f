import { readyColumns } from '../columns';
import type { Metric } from '../generated/types';
import { resourceType } from '../resource-type';

export type { Metric, MetricSpec, MetricStatus } from '../generated/types';

/** The wish that the load of a revision be measured. */
export const MetricType = resourceType<Metric>('autoscaling.internal.knative.dev/v1alpha1', 'Metric', 'metrics', {
  categories: ['knative-internal', 'autoscaling'],
  columns: readyColumns,
});
