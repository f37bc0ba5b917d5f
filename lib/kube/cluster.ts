import type { KubeObject, ResourceType, Stored } from '../api';

/** Which objects of a kind: all of them without `namespace`; labels and fields must all match. */
export interface Selection {
  readonly namespace?: string;
  /** `key=value`, `key!=value`, `key in (a,b)`, `key`, `!key`, comma-separated: Kubernetes' label selector syntax. */
  readonly labelSelector?: string;
  /** `metadata.name=x`, `metadata.namespace=x` or `status.phase=x`, comma-separated. */
  readonly fieldSelector?: string;
}

export interface ObjectList<T extends KubeObject> {
  readonly items: readonly Stored<T>[];
  /** The version at which this list was true; a watch from here misses nothing. */
  readonly resourceVersion: string;
}

export type WatchEvent<T extends KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: Stored<T> }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

export interface WatchOptions extends Selection {
  /** Where to begin; without it, the present: objects that exist arrive first, as ADDED. */
  readonly resourceVersion?: string;
  /** Told whenever the server has agreed to tell of changes, also where there is nothing to tell yet. */
  readonly onAccepted?: () => void;
}

/**
 * A running watch. `closed` resolves when it has ended, with the reason unless `stop` was called. What trying again may mend (a
 * connection that breaks, a server that restarts) does not end a watch: it goes on after the last event that it delivered. It ends
 * with Expired when that version is forgotten, and then somebody has to list again (`Informer` does), or with a refusal.
 */
export interface Watch {
  stop(): void;
  readonly closed: Promise<ClusterError | undefined>;
}

/** 'strategic': Kubernetes' own merge, for the kinds of Kubernetes itself; 'apply': server-side apply. */
export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'test';
  readonly path: string;
  readonly value?: unknown;
}

export interface WriteOptions {
  /** Do everything but store it. @default false */
  readonly dryRun?: boolean;
  /** Who writes, for `metadata.managedFields`. @default fields that are written get no owner */
  readonly fieldManager?: string;
  /** Name of the user on whose behalf it is written, for admission. Over HTTP the server knows it by the credentials. */
  readonly user?: string;
  /** Throws where it must not be written any more; asked before each attempt, once nothing is left to wait for. */
  readonly guard?: (() => void) | undefined;
  /** Somebody waits for it: it goes before all others where writes are limited. @default false */
  readonly urgent?: boolean | undefined;
  /** Nothing is stored, as with a review: it is limited apart from writes, so that neither holds up the other. @default false */
  readonly question?: boolean | undefined;
}

export interface PatchOptions extends WriteOptions {
  /** Which part is written; the others are left alone. */
  readonly subresource?: 'status' | 'scale';
  /** Refuse with Conflict unless the object still has this version. */
  readonly resourceVersion?: string;
  /** With 'apply': take over fields that others manage, instead of refusing. @default false */
  readonly force?: boolean;
}

export interface DeleteOptions {
  /** Refuse with Conflict unless the object still is the one with this uid. */
  readonly uid?: string;
  /** Refuse with Conflict unless the object still has this version. */
  readonly resourceVersion?: string;
  /** Do everything but delete it. @default false */
  readonly dryRun?: boolean;
  /** What happens to objects that this one owns. @default 'Background' */
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
  /** Seconds that a pod has to end by itself. @default the pod's own */
  readonly gracePeriodSeconds?: number;
  /** Throws where it must not be written any more; asked before each attempt, once nothing is left to wait for. */
  readonly guard?: (() => void) | undefined;
}

/**
 * What controllers need of Kubernetes, with Kubernetes' semantics: optimistic concurrency by resourceVersion, generation that
 * counts changes of the spec, status as a part of its own, finalizers, deletion of what is owned. `lib/kube` has it over HTTP,
 * `lib/local` in memory; one contract suite runs against both.
 *
 * Objects that come out are frozen and shared: copy before changing.
 */
export interface Cluster {
  /**
   * The kinds of a version of a group (`cert-manager.io/v1`) that can be listed and watched, as the server tells them; none if it does
   * not serve that version. Absent where there are no others than those that this package knows.
   */
  kinds?(apiVersion: string): Promise<readonly ResourceType[]>;
  /** The object, or undefined if there is none. */
  get<T extends KubeObject>(type: ResourceType<T>, namespace: string | undefined, name: string): Promise<Stored<T> | undefined>;
  list<T extends KubeObject>(type: ResourceType<T>, selection?: Selection): Promise<ObjectList<T>>;
  /** Calls `onEvent` for every change in order. A version that is no longer known closes the watch with reason Expired. */
  watch<T extends KubeObject>(type: ResourceType<T>, options: WatchOptions, onEvent: (event: WatchEvent<T>) => void): Watch;
  create<T extends KubeObject>(type: ResourceType<T>, object: T, options?: WriteOptions): Promise<Stored<T>>;
  /** Replaces everything but the status; with `metadata.resourceVersion` set, only that version. */
  update<T extends KubeObject>(type: ResourceType<T>, object: T, options?: WriteOptions): Promise<Stored<T>>;
  /** Replaces the status and nothing else. */
  updateStatus<T extends KubeObject>(type: ResourceType<T>, object: T, options?: WriteOptions): Promise<Stored<T>>;
  /**
   * Changes a part of the object. A patch of the scale gives the object as far as its Scale tells it: metadata and
   * `spec.replicas`.
   */
  patch<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string | undefined,
    name: string,
    patchType: PatchType,
    patch: unknown,
    options?: PatchOptions,
  ): Promise<Stored<T>>;
  /**
   * Deletes, or marks as being deleted while finalizers or grace hold it: then the result is the marked object, else undefined.
   * Deleting what is not there is NotFound.
   */
  delete<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string | undefined,
    name: string,
    options?: DeleteOptions,
  ): Promise<Stored<T> | undefined>;
}

/** Reasons of metav1.Status that this package tells apart. */
export type ClusterErrorReason =
  | 'Unauthorized'
  | 'NotFound'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'UnsupportedMediaType'
  | 'RequestEntityTooLarge'
  | 'TooManyRequests'
  | 'Timeout'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Invalid'
  | 'BadRequest'
  | 'Forbidden'
  | 'Expired'
  | 'Unavailable'
  | 'InternalError';

const STATUS_CODES: Record<ClusterErrorReason, number> = {
  Unauthorized: 401,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  UnsupportedMediaType: 415,
  RequestEntityTooLarge: 413,
  TooManyRequests: 429,
  Timeout: 504,
  AlreadyExists: 409,
  Conflict: 409,
  Invalid: 422,
  BadRequest: 400,
  Forbidden: 403,
  Expired: 410,
  Unavailable: 503,
  InternalError: 500,
};

/** What a metav1.Status says beyond its message. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  /** The kind or the resource concerned. */
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[];
  readonly retryAfterSeconds?: number;
}

/** A refusal by the API server, as a metav1.Status says it. */
export class ClusterError extends Error {
  constructor(
    readonly reason: ClusterErrorReason,
    message: string,
    readonly details?: StatusDetails,
  ) {
    super(message);
    this.name = 'ClusterError';
  }

  /** The HTTP status code of this reason. */
  get code(): number {
    return STATUS_CODES[this.reason];
  }

  static is(error: unknown, reason?: ClusterErrorReason): error is ClusterError {
    return error instanceof ClusterError && (reason === undefined || error.reason === reason);
  }
}
