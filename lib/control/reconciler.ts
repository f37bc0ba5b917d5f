import type { KubeObject, ResourceType, Stored } from '../api';
import type { EventNote, JsonPatchOperation } from '../kube';

/**
 * A way to look objects of one kind up by something that is neither their name nor a label: the hosts of an Ingress, the
 * routes in an annotation. Pure; the name identifies it among the indexes of the kind.
 */
export interface Index<T extends KubeObject = KubeObject> {
  readonly name: string;
  values(object: Stored<T>): readonly string[];
}

/**
 * Objects that a plan looks at: one by name, all of a namespace with these labels, or all (of any namespace) that an index
 * finds under a value. Put the label first that few objects share: it is the one that is indexed.
 */
export type Read =
  | { readonly type: ResourceType; readonly namespace: string | undefined; readonly name: string }
  | { readonly type: ResourceType; readonly namespace: string; readonly labels: Readonly<Record<string, string>> }
  | { readonly type: ResourceType; readonly index: Index; readonly value: string };

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
  /** Sorted by name. */
  list<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string,
    labels: Readonly<Record<string, string>>,
  ): readonly Stored<T>[];
  /** Sorted by namespace and name. */
  find<T extends KubeObject>(type: ResourceType<T>, index: Index<T>, value: string): readonly Stored<T>[];
  answer(topic: string, key: string): unknown;
  /**
   * Why the cluster refused to create or change this child a moment ago. Set only when the engine plans a second time after
   * such a refusal; of that plan it takes status and events alone, so that the status can say what went wrong.
   */
  failure(type: ResourceType, namespace: string | undefined, name: string): string | undefined;
}

/** A child to exist with at least the fields that `object` sets. */
export interface Apply {
  readonly type: ResourceType;
  readonly object: KubeObject;
  /**
   * What happens to labels and annotations of the child that `object` does not set: they stay, or they go.
   * @default 'merge'
   */
  readonly metadata?: 'merge' | 'replace';
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
  /** Requests wait for it: it goes before other writes where those are limited. @default false */
  readonly urgent?: boolean;
}

/** What a plan wants to be told about its parent. */
export type PlannedEvent = EventNote;

/** What should be: the engine makes the difference to what is. In this order; what fails stops what comes after it. */
export interface Plan {
  /** Children to exist; created or updated. */
  readonly apply?: readonly Apply[];
  readonly patch?: readonly Patch[];
  readonly remove?: readonly { readonly type: ResourceType; readonly namespace: string | undefined; readonly name: string }[];
  readonly events?: readonly PlannedEvent[];
  /** The whole status; written once, and only if it differs. */
  readonly status?: unknown;
  /** Plan again after this many milliseconds even if nothing changes. Each plan replaces what the one before it said. */
  readonly requeueAfter?: number;
  /** Every question that is to stay open; one that is left out is forgotten. */
  readonly asks?: readonly Ask[];
}

/** Control of one kind: two pure functions. */
export interface Reconciler<P extends KubeObject, C = unknown> {
  /** Name in events, logs and metrics: `service-controller`. */
  readonly name: string;
  readonly type: ResourceType<P>;
  /** The other kinds that it reads, applies, patches or removes: the engine keeps a copy of each. */
  readonly watches: readonly ResourceType[];
  /**
   * Set by a reconciler that has to see the end of its parent: a parent with a deletionTimestamp is planned as long as it carries
   * this finalizer. The plan itself adds and removes it (`finalizerPatch`).
   */
  readonly finalizer?: string;
  /** Others go on by what its status says before it is ready: such a status is not held back for long. @default false */
  readonly awaited?: boolean;
  /** What `plan` will look at beside the parent. Children that the parent controls need not be named for changes to be noticed. */
  reads(parent: Stored<P>, config: C): readonly Read[];
  plan(parent: Stored<P>, observed: Observed, config: C, now: number): Plan;
}
