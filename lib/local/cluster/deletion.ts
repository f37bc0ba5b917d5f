import type { Namespace, Pod, ResourceType } from '../../api';
import { jsonEqual, timestamp } from '../../base';
import type { DeleteOptions } from '../../kube';
import type { AnyStored } from './object-table';
import { nextGeneration } from './write-rules';

/** Holds an object until all that it owns, and that blocks its deletion, is gone. */
export const FOREGROUND_FINALIZER = 'foregroundDeletion';
/** Holds an object until all that it owns has let go of it. */
export const ORPHAN_FINALIZER = 'orphan';

const DEFAULT_POD_GRACE_SECONDS = 30;

const isPod = (type: ResourceType): boolean => type.group === '' && type.kind === 'Pod';
const isNamespace = (type: ResourceType): boolean => type.group === '' && type.kind === 'Namespace';

/** True if nothing holds an object any more that is being deleted. */
export function isReleased(type: ResourceType, object: AnyStored): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
  if (!deletionTimestamp || deletionGracePeriodSeconds || finalizers?.length) return false;
  return !isNamespace(type) || !(object as Namespace & { spec?: { finalizers?: string[] } }).spec?.finalizers?.length;
}

/** What a request to delete makes of an object: marked for deletion, or the same if it was so already. */
export function markedForDeletion(type: ResourceType, object: AnyStored, options: DeleteOptions, now: number): AnyStored {
  const finalizers = finalizersAfter(object.metadata.finalizers ?? [], options.propagation);
  const { deletionTimestamp } = object.metadata;
  const end = deletionTimestamp ? sooner(type, object, options, now) : endAfter(graceSeconds(type, object, options), now);
  if (!end && jsonEqual(finalizers, object.metadata.finalizers ?? [])) return object;
  const marked: AnyStored = {
    ...object,
    metadata: {
      ...object.metadata,
      finalizers: finalizers.length > 0 ? finalizers : undefined,
      ...end,
    },
  };
  if (deletionTimestamp) return marked;
  return nextGeneration(
    isNamespace(type) ? { ...marked, status: { ...(marked.status as object), phase: 'Terminating' } } : marked,
  );
}

type End = Pick<AnyStored['metadata'], 'deletionTimestamp' | 'deletionGracePeriodSeconds'>;

const endAfter = (grace: number, now: number): End => ({
  deletionTimestamp: timestamp(now + grace * 1000),
  deletionGracePeriodSeconds: grace,
});

/** When an object that is being deleted already ends instead, if that is sooner: its grace counts from when it began. */
function sooner(type: ResourceType, object: AnyStored, options: DeleteOptions, now: number): End | undefined {
  const { deletionTimestamp = '', deletionGracePeriodSeconds: current = 0 } = object.metadata;
  const grace = graceSeconds(type, object, { ...options, gracePeriodSeconds: options.gracePeriodSeconds ?? current });
  if (grace >= current) return undefined;
  const began = Date.parse(deletionTimestamp) - current * 1000;
  if (began + grace * 1000 >= now) return endAfter(grace, began);
  // What is left of it, for whoever has to confirm, is at least a second.
  return { deletionTimestamp: timestamp(now), deletionGracePeriodSeconds: grace === 0 ? 0 : 1 };
}

/** An explicit mode replaces the one that was asked for before. */
function finalizersAfter(finalizers: readonly string[], propagation: DeleteOptions['propagation']): readonly string[] {
  if (propagation === undefined) return finalizers;
  const others = finalizers.filter((finalizer) => finalizer !== FOREGROUND_FINALIZER && finalizer !== ORPHAN_FINALIZER);
  if (propagation === 'Foreground') return [...others, FOREGROUND_FINALIZER];
  if (propagation === 'Orphan') return [...others, ORPHAN_FINALIZER];
  return others;
}

/** A pod that runs on a node gets time to end, and whoever runs it confirms with grace 0; everything else goes at once. */
function graceSeconds(type: ResourceType, object: AnyStored, options: DeleteOptions): number {
  if (!isPod(type)) return 0;
  const { spec, status } = object as unknown as Pod;
  if (!spec?.nodeName || status?.phase === 'Succeeded' || status?.phase === 'Failed') return 0;
  const own = spec.terminationGracePeriodSeconds ?? DEFAULT_POD_GRACE_SECONDS;
  const wanted = options.gracePeriodSeconds ?? own;
  return wanted < 0 ? 1 : wanted;
}
