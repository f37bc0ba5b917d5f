import {
  annotationOf,
  annotations,
  autoscalerClasses,
  DeploymentType,
  labels,
  MetricType,
  type PodAutoscaler,
  PodAutoscalerType,
  PodType,
  ServerlessServiceType,
  type ServingConfig,
} from '../../api';
import type { Read, Reconciler } from '../reconciler';
import { HorizontalPodAutoscalerType } from './horizontal-pod-autoscaler';
import { planHpa } from './hpa-plan';
import { planKpa } from './kpa-plan';

/** Without a class, Knative's own; a class that is neither of ours is somebody else's. */
const classOf = (pa: PodAutoscaler): string => annotationOf(pa.metadata.annotations, annotations.class) ?? autoscalerClasses.kpa;

/** Scales what a PodAutoscaler points at, by its class. */
export const podAutoscalerReconciler: Reconciler<PodAutoscaler, ServingConfig> = {
  name: 'podautoscaler-controller',
  type: PodAutoscalerType,
  watches: [ServerlessServiceType, MetricType, DeploymentType, PodType, HorizontalPodAutoscalerType],
  reads(pa): readonly Read[] {
    const { namespace = '', name } = pa.metadata;
    const revision = pa.metadata.labels?.[labels.revision] ?? name;
    const byClass = { [autoscalerClasses.kpa]: MetricType, [autoscalerClasses.hpa]: HorizontalPodAutoscalerType }[classOf(pa)];
    if (!byClass) return [];
    return [
      { type: ServerlessServiceType, namespace, name },
      { type: byClass, namespace, name },
      { type: DeploymentType, namespace, name: pa.spec.scaleTargetRef.name ?? '' },
      { type: PodType, namespace, labels: { [labels.revision]: revision } },
    ];
  },
  plan(pa, observed, config, now) {
    switch (classOf(pa)) {
      case autoscalerClasses.kpa:
        return planKpa(pa, observed, config, now);
      case autoscalerClasses.hpa:
        return planHpa(pa, observed, config, now);
      default:
        return {};
    }
  },
};
