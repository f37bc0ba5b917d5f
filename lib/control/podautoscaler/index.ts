export { autoscalingReconcilers, clusterAutoscalingReconcilers, createAutoscalingReconcilers } from './autoscaling-reconcilers';
export { type HorizontalPodAutoscaler, HorizontalPodAutoscalerType } from './horizontal-pod-autoscaler';
export { type AutoscalingOptions, podAutoscalerReconciler } from './reconciler';
