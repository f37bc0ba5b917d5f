import type { AutoscalerConfig } from '../../api';
import type { DeciderSpec } from '../autoscaler';
import type { ScalingOptions } from './scaling-options';

/** What the autoscaler is asked to go by. */
export function deciderSpec(options: ScalingOptions, config: AutoscalerConfig, readyPods: number): DeciderSpec {
  return {
    metric: options.metric === 'rps' ? 'rps' : 'concurrency',
    aggregation: options.aggregation,
    target: options.target,
    total: options.total,
    maxScaleUpRate: config.maxScaleUpRate,
    maxScaleDownRate: config.maxScaleDownRate,
    stableWindow: options.stableWindow,
    panicWindow: options.panicWindow,
    panicThreshold: options.panicThreshold,
    scaleDownDelay: options.scaleDownDelay,
    targetBurstCapacity: options.targetBurstCapacity,
    activatorCapacity: config.activatorCapacity,
    initialScale: options.initialScale,
    activationScale: options.activationScale,
    reachable: options.reachable,
    readyPods,
  };
}
