import type { Cluster } from '../../kube';
import type { CheckedObject } from '../input/check-objects';
import type { ObjectChange, PodLine, ScaleDecision } from './dev-events';

/** The running system as `knc dev` sees it; `LocalSystem` (lib/roles) is one. */
export interface DevSystem {
  readonly cluster: Cluster;
  /** `http://127.0.0.1:PORT`. */
  readonly gatewayUrl: string | undefined;
  /** Ends every pod. */
  stop(): Promise<void>;
}

/** What a system tells while it runs. */
export interface DevSystemListener {
  onLog(line: PodLine): void;
  onDecision(decision: ScaleDecision): void;
}

/**
 * Makes the cluster hold these objects and no longer those of `previous` that are not among them; says what it did, in the
 * order in which it was done.
 */
export type ApplyObjects = (
  cluster: Cluster,
  objects: readonly CheckedObject[],
  previous: readonly CheckedObject[],
) => Promise<readonly ObjectChange[]>;
