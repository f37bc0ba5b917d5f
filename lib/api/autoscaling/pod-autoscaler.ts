import { readyColumns, statusColumn } from '../columns';
import type { PodAutoscaler } from '../generated/types';
import { resourceType } from '../resource-type';

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
