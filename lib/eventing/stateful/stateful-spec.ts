/** Drops events of which the key came before. */
export interface DedupeSpec {
  /** Attributes, or `data.a.b` for fields of JSON data, which together are the key. Events that lack one are let through. */
  readonly by: readonly string[];
  /** Milliseconds after the first event of a key in which the others are dropped. */
  readonly windowMs: number;
  /** How many keys are remembered; beyond, the oldest is forgotten. @default 10,000 */
  readonly maxKeys?: number;
}

/** Sends several events in one request. */
export interface BatchSpec {
  /** Events after which a batch leaves. */
  readonly max: number;
  /** Milliseconds after its first event after which it leaves with what there is. */
  readonly withinMs: number;
}

/** Sends one event made of several: one of each type, all with one key. */
export interface JoinSpec {
  readonly by: readonly string[];
  readonly types: readonly string[];
  /** Milliseconds after the first event in which the others have to come. */
  readonly withinMs: number;
  /** Type of the event that is made. */
  readonly type: string;
  /** Source of the event that is made. */
  readonly source: string;
  /** What becomes of events of which the others did not come. @default 'deadLetter' */
  readonly partial?: 'deadLetter' | 'deliver' | 'drop';
  /** How many joins are open at once; beyond, the oldest ends as if its time was over. @default 10,000 */
  readonly maxKeys?: number;
}

/** What of the past of a consumer decides what it gets. Without any of these, each event is delivered by itself. */
export interface StatefulSpec {
  readonly dedupe?: DedupeSpec;
  /** Excludes `join`. */
  readonly batch?: BatchSpec;
  readonly join?: JoinSpec;
}

export const isStateful = ({ dedupe, batch, join }: StatefulSpec): boolean =>
  dedupe !== undefined || batch !== undefined || join !== undefined;

/** Keys that a consumer remembers at most, unless it says otherwise. */
export const MAX_KEYS = 10_000;
