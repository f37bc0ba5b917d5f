export { autoscalingReconcilers } from './autoscaling-reconcilers';
export { type HorizontalPodAutoscaler, HorizontalPodAutoscalerType } from './horizontal-pod-autoscaler';
export { podAutoscalerReconciler } from './reconciler';
export { type ScalingOptions, scalingOptions } from './scaling-options';
