import type { KubeObject } from '../../api';
import type { Cluster } from '../../kube';
import type { CheckedObject } from '../input/check-objects';
import type { ProblemEntry } from '../output/problem';
import type { AppliedMemory } from './applied-memory';
import type { ObjectChange, PodLine, ScaleDecision } from './dev-events';

/** The running system as `knc dev` sees it; `LocalSystem` (lib/roles) is one. */
export interface DevSystem {
  readonly cluster: Cluster;
  /** `http://127.0.0.1:PORT`. */
  readonly gatewayUrl: string | undefined;
  /** Path of the kubeconfig for this system, if it has an API server. */
  readonly kubeconfig?: string | undefined;
  /** The state folder, if it is kept. */
  readonly state?: string | undefined;
  /** What was applied last by this and by earlier runs; undefined if this run applies nothing. */
  readonly applied?: AppliedMemory | undefined;
  /** Tries again at once what waits for an image. */
  retryPods(): void;
  /** Ends every pod. */
  stop(): Promise<void>;
}

/** What a system tells while it runs. */
export interface DevSystemListener {
  onLog(line: PodLine): void;
  onDecision(decision: ScaleDecision): void;
}

/** What applying did, and which objects were refused. */
export interface Applied {
  readonly changes: readonly ObjectChange[];
  readonly refused: readonly ProblemEntry[];
}

/**
 * Makes the cluster hold these objects and no longer those of `previous` that are not among them.
 * One that is refused does not keep the others back.
 */
export type ApplyObjects = (
  cluster: Cluster,
  objects: readonly CheckedObject[],
  previous: readonly KubeObject[],
) => Promise<Applied>;
