import type { KubeObject, ServingConfig } from '../../api';
import { metricReconciler } from '../metric';
import type { Reconciler } from '../reconciler';
import { serverlessServiceReconciler } from '../serverlessservice';
import { podAutoscalerReconciler } from './reconciler';

/** Everything between a revision's PodAutoscaler and its pods' number and Services. */
export const autoscalingReconcilers: readonly Reconciler<KubeObject, ServingConfig>[] = [
  podAutoscalerReconciler,
  serverlessServiceReconciler,
  metricReconciler,
];
