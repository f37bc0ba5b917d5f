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
  type ResourceType,
  ServerlessServiceType,
  type ServingConfig,
} from '../../api';
import type { Read, Reconciler } from '../reconciler';
import { HorizontalPodAutoscalerType } from './horizontal-pod-autoscaler';
import { planHpa } from './hpa-plan';
import { planKpa } from './kpa-plan';

/** Without a class, Knative's own; a class that is neither of ours is somebody else's. */
const classOf = (pa: PodAutoscaler): string => annotationOf(pa.metadata.annotations, annotations.class) ?? autoscalerClasses.kpa;

export interface AutoscalingOptions {
  /**
   * Whether this installation's Kubernetes acts on HorizontalPodAutoscalers, for revisions of the class
   * hpa.autoscaling.knative.dev. True on clusters; the local runtime has nobody who would.
   * @default false
   */
  readonly kubernetesScales?: boolean;
  /** Whether pods that are to go are marked before a scale is lowered, where others than ourselves choose them. @default false */
  readonly marksPods?: boolean;
}

/** Scales what a PodAutoscaler points at, by its class. */
export function podAutoscalerReconciler({
  kubernetesScales = false,
  marksPods = false,
}: AutoscalingOptions = {}): Reconciler<PodAutoscaler, ServingConfig> {
  const hpas = kubernetesScales ? [HorizontalPodAutoscalerType] : [];
  const readsByClass: Readonly<Record<string, readonly ResourceType[]>> = {
    [autoscalerClasses.kpa]: [MetricType],
    [autoscalerClasses.hpa]: hpas,
  };
  return {
    name: 'podautoscaler-controller',
    type: PodAutoscalerType,
    watches: [ServerlessServiceType, MetricType, DeploymentType, PodType, ...hpas],
    reads(pa): readonly Read[] {
      const { namespace = '', name } = pa.metadata;
      const named = readsByClass[classOf(pa)];
      if (!named) return [];
      return [
        ...[ServerlessServiceType, ...named].map((type) => ({ type, namespace, name })),
        { type: DeploymentType, namespace, name: pa.spec.scaleTargetRef.name ?? '' },
        { type: PodType, namespace, labels: { [labels.revision]: pa.metadata.labels?.[labels.revision] ?? name } },
      ];
    },
    plan(pa, observed, config, now) {
      switch (classOf(pa)) {
        case autoscalerClasses.kpa:
          return planKpa(pa, observed, config, now, marksPods);
        case autoscalerClasses.hpa:
          return planHpa(pa, observed, config, now, kubernetesScales);
        default:
          return {};
      }
    },
  };
}
