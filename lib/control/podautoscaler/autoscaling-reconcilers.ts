import type { KubeObject, ServingConfig } from '../../api';
import { metricReconciler } from '../metric';
import type { Reconciler } from '../reconciler';
import { serverlessServiceReconciler } from '../serverlessservice';
import { type AutoscalingOptions, podAutoscalerReconciler } from './reconciler';

/** Everything between a revision's PodAutoscaler and the number and the Services of its pods, for a certain installation. */
export function createAutoscalingReconcilers(options: AutoscalingOptions = {}): readonly Reconciler<KubeObject, ServingConfig>[] {
  return [podAutoscalerReconciler(options), serverlessServiceReconciler, metricReconciler];
}

/** The same where nobody acts on HorizontalPodAutoscalers, as in the local runtime. */
export const autoscalingReconcilers = createAutoscalingReconcilers();

/** The same for a cluster. */
export const clusterAutoscalingReconcilers = createAutoscalingReconcilers({ kubernetesScales: true, marksPods: true });
