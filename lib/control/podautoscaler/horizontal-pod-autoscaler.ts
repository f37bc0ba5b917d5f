import { type Condition, type KubeObject, type PodAutoscaler, type PodAutoscalerSpec, resourceType } from '../../api';
import { childMetadata } from './children';
import type { ScalingOptions } from './scaling-options';

type MetricTarget =
  | { readonly type: 'Utilization'; readonly averageUtilization: number }
  | { readonly type: 'AverageValue'; readonly averageValue: string };

type MetricSpec =
  | { readonly type: 'Resource'; readonly resource: { readonly name: string; readonly target: MetricTarget } }
  | { readonly type: 'Pods'; readonly pods: { readonly metric: { readonly name: string }; readonly target: MetricTarget } };

/** Kubernetes' HorizontalPodAutoscaler (autoscaling/v2); the fields that this package reads or writes. */
export interface HorizontalPodAutoscaler extends KubeObject {
  readonly spec: {
    readonly scaleTargetRef: PodAutoscalerSpec['scaleTargetRef'];
    readonly minReplicas?: number;
    readonly maxReplicas: number;
    readonly metrics?: readonly MetricSpec[];
    readonly behavior?: Readonly<Record<'scaleUp' | 'scaleDown', { readonly stabilizationWindowSeconds: number }>>;
  };
  readonly status?: {
    readonly currentReplicas?: number;
    readonly desiredReplicas?: number;
    readonly conditions?: readonly Condition[];
  };
}

export const HorizontalPodAutoscalerType = resourceType<HorizontalPodAutoscaler>(
  'autoscaling/v2',
  'HorizontalPodAutoscaler',
  'horizontalpodautoscalers',
  { shortNames: ['hpa'], categories: ['all'] },
);

/** Without a bound, as many as Kubernetes can count. */
const NO_LIMIT = 2 ** 31 - 1;

/** The HorizontalPodAutoscaler of a PodAutoscaler of the class hpa.autoscaling.knative.dev. */
export function horizontalPodAutoscalerOf(pa: PodAutoscaler, options: ScalingOptions): HorizontalPodAutoscaler {
  const { apiVersion, kind, name } = pa.spec.scaleTargetRef;
  const { minScale, maxScale, annotatedTarget, ownWindow, stableWindow } = options;
  const rules = { stabilizationWindowSeconds: Math.trunc(stableWindow / 1000) };
  return {
    apiVersion: 'autoscaling/v2',
    kind: HorizontalPodAutoscalerType.kind,
    metadata: { ...childMetadata(pa), annotations: pa.metadata.annotations ?? {} },
    spec: {
      scaleTargetRef: { apiVersion, kind, name },
      maxReplicas: maxScale === 0 ? NO_LIMIT : maxScale,
      ...(minScale > 0 ? { minReplicas: minScale } : {}),
      ...(annotatedTarget === undefined ? {} : { metrics: [metricOf(options.metric, annotatedTarget)] }),
      ...(ownWindow ? { behavior: { scaleUp: rules, scaleDown: rules } } : {}),
    },
  };
}

/** cpu in percent of the request, memory in mebibytes, anything else as an average value per pod. */
function metricOf(metric: string, target: number): MetricSpec {
  if (metric === 'cpu') {
    return {
      type: 'Resource',
      resource: { name: metric, target: { type: 'Utilization', averageUtilization: Math.ceil(target) } },
    };
  }
  if (metric === 'memory') {
    return {
      type: 'Resource',
      resource: { name: metric, target: { type: 'AverageValue', averageValue: `${Math.trunc(target)}Mi` } },
    };
  }
  return {
    type: 'Pods',
    pods: { metric: { name: metric }, target: { type: 'AverageValue', averageValue: `${Math.trunc(target)}` } },
  };
}
