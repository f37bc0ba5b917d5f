import type { DeciderSpec } from '../../../../lib/control/autoscaler';

/** A decider as upstream's tests have it: utilization 75 %, rates of 10, a stable window of one minute. */
export function spec(more: Partial<DeciderSpec> = {}): DeciderSpec {
  const target = more.target ?? 10;
  return {
    metric: 'concurrency',
    aggregation: 'linear',
    target,
    total: target / 0.75,
    maxScaleUpRate: 10,
    maxScaleDownRate: 10,
    stableWindow: 60_000,
    panicWindow: 6000,
    panicThreshold: 2,
    scaleDownDelay: 0,
    targetBurstCapacity: 100,
    activatorCapacity: 150,
    initialScale: 1,
    activationScale: 0,
    reachable: true,
    readyPods: 1,
    ...more,
  };
}
