import type { KubeObject, ResourceType, Stored } from '../../api';
import { errorMessage } from '../../base';
import { ClusterError, type Watch, type WatchEvent } from '../../kube';
import { frozenCopy } from './frozen-copy';
import type { AnyStored } from './object-table';
import { badRequest } from './refusals';

/** A change of one object: `object` as it is now, or as it was last if it is `gone`; with the version of the change. */
export interface Commit {
  readonly version: number;
  readonly previous: AnyStored | undefined;
  readonly object: AnyStored;
  readonly gone: boolean;
}

type Event = WatchEvent<KubeObject>;

interface Watcher {
  readonly matches: (object: KubeObject) => boolean;
  readonly onEvent: (event: Event) => void;
  readonly close: (reason: ClusterError | undefined) => void;
  /** Commits of the kind that did not concern this watcher since it last heard of a version. */
  silent: number;
  closed: boolean;
}

interface Feed {
  readonly watchers: Set<Watcher>;
  commits: Commit[];
  /** The version of the newest commit that is no longer remembered: a watch can begin here, not before. */
  forgotten: number;
}

/**
 * Hands commits to watchers: in order over all kinds, never inside the write that made them, and so late that whoever awaits
 * that write goes on first. Remembers the last commits of each kind for watches that begin in the past.
 */
export class WatchHub {
  readonly #feeds = new Map<ResourceType, Feed>();
  #queue: { readonly watcher: Watcher; readonly event: Event }[] = [];

  /**
   * @param history how many commits of each kind are remembered
   * @param origin the version before which nothing is known
   */
  constructor(
    private readonly history: number,
    private readonly origin: number,
  ) {}

  publish(type: ResourceType, commit: Commit): void {
    const feed = this.#feed(type);
    feed.commits.push(commit);
    const excess = feed.commits.length - this.history;
    if (excess > 0) feed.forgotten = feed.commits[excess - 1]!.version;
    if (excess > this.history) feed.commits = feed.commits.slice(excess);
    for (const watcher of feed.watchers) this.#offer(watcher, commit);
  }

  /**
   * Follows a kind. `version` undefined: `present` comes first, as ADDED, and a bookmark says where that was.
   * @param now the version of the newest commit
   */
  watch(
    type: ResourceType,
    matches: (object: KubeObject) => boolean,
    version: number | undefined,
    present: () => readonly AnyStored[],
    now: number,
    onEvent: (event: Event) => void,
    onAccepted?: () => void,
  ): Watch {
    const feed = this.#feed(type);
    let resolve: (reason: ClusterError | undefined) => void = () => {};
    const closed = new Promise<ClusterError | undefined>((r) => {
      resolve = r;
    });
    const watcher: Watcher = {
      matches,
      onEvent,
      silent: 0,
      closed: false,
      close: (reason) => {
        watcher.closed = true;
        feed.watchers.delete(watcher);
        resolve(reason);
      },
    };
    const watch = { stop: () => watcher.close(undefined), closed };
    if (version === undefined) {
      for (const object of present()) this.#send(watcher, { type: 'ADDED', object });
      this.#send(watcher, { type: 'BOOKMARK', resourceVersion: String(now) });
    } else if (version < feed.forgotten) {
      watcher.close(new ClusterError('Expired', `too old resource version: ${version} (${feed.forgotten})`));
      return watch;
    } else if (version > now) {
      watcher.close(new ClusterError('Expired', `Too large resource version: ${version}, current: ${now}`));
      return watch;
    } else {
      for (const commit of after(feed.commits, version)) this.#offer(watcher, commit);
    }
    feed.watchers.add(watcher);
    if (onAccepted)
      queueMicrotask(() => {
        if (!watcher.closed) onAccepted();
      });
    return watch;
  }

  #feed(type: ResourceType): Feed {
    const known = this.#feeds.get(type);
    if (known) return known;
    const feed: Feed = { watchers: new Set(), commits: [], forgotten: this.origin };
    this.#feeds.set(type, feed);
    return feed;
  }

  #offer(watcher: Watcher, commit: Commit): void {
    const event = eventFor(commit, watcher.matches);
    if (event) {
      watcher.silent = 0;
      this.#send(watcher, event);
    } else if (++watcher.silent >= this.history / 2) {
      // Without this, the version that a quiet watcher knows would be forgotten behind its back.
      watcher.silent = 0;
      this.#send(watcher, { type: 'BOOKMARK', resourceVersion: String(commit.version) });
    }
  }

  #send(watcher: Watcher, event: Event): void {
    if (this.#queue.length === 0) queueMicrotask(() => queueMicrotask(() => this.#deliver()));
    this.#queue.push({ watcher, event });
  }

  #deliver(): void {
    const deliveries = this.#queue;
    this.#queue = [];
    for (const { watcher, event } of deliveries) {
      if (watcher.closed) continue;
      try {
        watcher.onEvent(event);
      } catch (error) {
        watcher.close(new ClusterError('InternalError', `watch handler failed: ${errorMessage(error)}`));
      }
    }
  }
}

/** The version to watch from, or undefined for the present. */
export function parseWatchVersion(text: string | undefined): number | undefined {
  if (text === undefined || text === '' || text === '0') return undefined;
  if (!/^\d+$/.test(text)) throw badRequest(`Invalid value: ${JSON.stringify(text)}: invalid resource version`);
  return Number(text);
}

/** What a watcher sees of a commit: an object that begins to match is added, one that ceases to match is deleted. */
function eventFor({ version, previous, object, gone }: Commit, matches: (object: KubeObject) => boolean): Event | undefined {
  const before = previous !== undefined && matches(previous);
  const after = !gone && matches(object);
  if (after) return { type: before ? 'MODIFIED' : 'ADDED', object };
  if (!before) return undefined;
  if (gone) return { type: 'DELETED', object };
  return { type: 'DELETED', object: atVersion(previous, version) };
}

/** The same object with the version of the change that it is reported for. */
export function atVersion<T extends KubeObject>(object: Stored<T>, version: number): Stored<T> {
  return frozenCopy({ ...object, metadata: { ...object.metadata, resourceVersion: String(version) } });
}

/** The commits later than `version`; commits are in order of version. */
function after(commits: readonly Commit[], version: number): readonly Commit[] {
  let low = 0;
  let high = commits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (commits[middle]!.version > version) high = middle;
    else low = middle + 1;
  }
  return commits.slice(low);
}
