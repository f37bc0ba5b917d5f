import type { KubeObject, ResourceType, Stored } from '../api';
import type { JsonPatchOperation } from '../kube';

/** Objects that a plan looks at: one by name, or all of a namespace with these labels. */
export type Read =
  | { readonly type: ResourceType; readonly namespace: string | undefined; readonly name: string }
  | { readonly type: ResourceType; readonly namespace: string; readonly labels: Readonly<Record<string, string>> };

/** A question that no object answers: the engine has it answered and plans again when the answer comes or changes. */
export interface Ask {
  /** Who answers: `probe`, `digest`, `scale`. */
  readonly topic: string;
  /** Unique within the topic; the same key with other `input` replaces the question. */
  readonly key: string;
  readonly input: unknown;
}

/** What a plan may look at: the objects that `reads` names, as last seen, and answers to what it asked before. */
export interface Observed {
  get<T extends KubeObject>(type: ResourceType<T>, namespace: string | undefined, name: string): Stored<T> | undefined;
  list<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string,
    labels: Readonly<Record<string, string>>,
  ): readonly Stored<T>[];
  answer(topic: string, key: string): unknown;
}

/** A change to an object that the parent does not own whole: its labels, its scale. */
export interface Patch {
  readonly type: ResourceType;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly patch: { readonly merge: unknown } | { readonly json: readonly JsonPatchOperation[] };
  readonly subresource?: 'status' | 'scale';
  /** Only if the object still has this version. */
  readonly resourceVersion?: string;
}

export interface PlannedEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** What should be: the engine makes the difference to what is. */
export interface Plan {
  /** Children to exist with at least these fields; created or updated. */
  readonly apply?: readonly { readonly type: ResourceType; readonly object: KubeObject }[];
  readonly patch?: readonly Patch[];
  readonly remove?: readonly { readonly type: ResourceType; readonly namespace: string | undefined; readonly name: string }[];
  readonly events?: readonly PlannedEvent[];
  /** The whole status; written once, and only if it differs. */
  readonly status?: unknown;
  /** Plan again after this many milliseconds even if nothing changes. */
  readonly requeueAfter?: number;
  readonly asks?: readonly Ask[];
}

/** Control of one kind: two pure functions. */
export interface Reconciler<P extends KubeObject, C = unknown> {
  /** Name in events, logs and metrics: `service-controller`. */
  readonly name: string;
  readonly type: ResourceType<P>;
  /** What `plan` will look at beside the parent. Children that the parent controls need not be named for changes to be noticed. */
  reads(parent: Stored<P>, config: C): readonly Read[];
  plan(parent: Stored<P>, observed: Observed, config: C, now: number): Plan;
}
