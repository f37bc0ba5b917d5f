import type { Conditions, PodAutoscaler, PodAutoscalerStatus, ResourceType, Stored } from '../../api';
import type { Plan } from '../reconciler';
import { finishStatus, notOwnedMessage } from '../status';

/** The whole status of a PodAutoscaler: what `parts` leaves out stays as it was. */
export function statusOf(
  pa: Stored<PodAutoscaler>,
  conditions: Conditions,
  parts: Partial<PodAutoscalerStatus> = {},
): PodAutoscalerStatus {
  const { annotations, ...status } = finishStatus(pa, conditions, {
    serviceName: '',
    metricsServiceName: '',
    ...pa.status,
    ...parts,
  });
  const kept = 'annotations' in parts ? parts.annotations : annotations;
  return kept ? { ...status, annotations: kept } : status;
}

/** A child of the name of the PodAutoscaler exists and belongs to somebody else: say so, and leave it alone. */
export function planNotOwned(pa: Stored<PodAutoscaler>, conditions: Conditions, type: ResourceType): Plan {
  const marked = conditions.markFalse('Active', 'NotOwned', notOwnedMessage(type.kind, pa.metadata.name));
  return { status: statusOf(pa, marked) };
}
