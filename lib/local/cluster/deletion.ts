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
  const grace = graceSeconds(type, object, options);
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = object.metadata;
  const sooner = !deletionTimestamp || grace < deletionGracePeriodSeconds;
  if (!sooner && jsonEqual(finalizers, object.metadata.finalizers ?? [])) return object;
  const marked: AnyStored = {
    ...object,
    metadata: {
      ...object.metadata,
      finalizers: finalizers.length > 0 ? finalizers : undefined,
      deletionTimestamp: sooner ? timestamp(now + grace * 1000) : deletionTimestamp,
      deletionGracePeriodSeconds: sooner ? grace : deletionGracePeriodSeconds,
    },
  };
  if (deletionTimestamp) return marked;
  return nextGeneration(
    isNamespace(type) ? { ...marked, status: { ...(marked.status as object), phase: 'Terminating' } } : marked,
  );
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
  return Math.max(0, options.gracePeriodSeconds ?? own);
}
