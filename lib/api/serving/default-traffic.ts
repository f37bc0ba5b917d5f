import type { TrafficTarget } from '../generated/types';

const defaultTarget = (target: TrafficTarget): TrafficTarget => ({
  ...target,
  latestRevision: target.latestRevision ?? !target.revisionName,
  percent: target.percent ?? 0,
});

/** Targets with what they leave out. Within a Service no targets at all means: everything to the latest ready revision. */
export function defaultTraffic(traffic: readonly TrafficTarget[] | undefined, withinService: boolean): readonly TrafficTarget[] {
  if ((traffic ?? []).length === 0 && withinService) return [{ percent: 100, latestRevision: true }];
  return (traffic ?? []).map(defaultTarget);
}
