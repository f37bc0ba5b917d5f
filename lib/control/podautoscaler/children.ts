import {
  annotations,
  apiVersionOf,
  controllerRef,
  type Metric,
  MetricType,
  type PodAutoscaler,
  type ServerlessService,
  ServerlessServiceType,
} from '../../api';
import { without } from '../metadata';
import type { Apply } from '../reconciler';
import type { ScalingOptions } from './scaling-options';

const NANOSECONDS_PER_MS = 1e6;

/** The ServerlessService of a PodAutoscaler; 0 activators mean all of them. */
export function serverlessServiceOf(pa: PodAutoscaler, mode: 'Serve' | 'Proxy', numActivators: number): Apply {
  const object: ServerlessService = {
    apiVersion: apiVersionOf(ServerlessServiceType),
    kind: ServerlessServiceType.kind,
    metadata: { ...childMetadata(pa), annotations: without(pa.metadata.annotations, (key) => key === annotations.metric[0]) },
    spec: {
      mode,
      objectRef: pa.spec.scaleTargetRef,
      protocolType: pa.spec.protocolType,
      ...(numActivators > 0 ? { numActivators } : {}),
    },
  };
  return { type: ServerlessServiceType, object };
}

/**
 * The Metric of a PodAutoscaler, which shows the windows. With unlimited burst capacity there is nothing to scrape, as
 * upstream has it; our gateways report in either case.
 */
export function metricOf(pa: PodAutoscaler, options: ScalingOptions, metricsService: string): Apply {
  const object: Metric = {
    apiVersion: apiVersionOf(MetricType),
    kind: MetricType.kind,
    metadata: { ...childMetadata(pa), annotations: pa.metadata.annotations ?? {} },
    spec: {
      stableWindow: options.stableWindow * NANOSECONDS_PER_MS,
      panicWindow: options.panicWindow * NANOSECONDS_PER_MS,
      scrapeTarget: options.targetBurstCapacity === -1 ? '' : metricsService,
    },
  };
  return { type: MetricType, object };
}

/** Metadata of a child of the same name with the same labels. */
export function childMetadata(pa: PodAutoscaler) {
  const { name, namespace, labels } = pa.metadata;
  return { name, namespace, ...(labels ? { labels } : {}), ownerReferences: [controllerRef(pa)] };
}
