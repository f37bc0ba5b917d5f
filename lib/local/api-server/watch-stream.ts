import type { ServerResponse } from 'node:http';
import type { KubeObject } from '../../api';
import { ClusterError, type Watch, type WatchEvent } from '../../kube';
import { EventQueue } from './event-queue';
import { type ListQuery, listQuery } from './list-query';
import { representation } from './reads';
import type { Representation } from './representation';
import type { ResourceRequest } from './resource-request';
import { failure } from './status';

/** How long a watch lasts whose client does not say, in milliseconds. */
const LONGEST_MS = 60 * 60 * 1000;
/** The longest that a client may ask for, in milliseconds: far below what timers can wait. */
const MOST_MS = 24 * LONGEST_MS;
/** How often a bookmark says that nothing was missed, in milliseconds. */
const BOOKMARK_MS = 60 * 1000;

/** Answers a watch: one JSON object a line, until the client leaves, the time is over, or the version is too old. */
export async function watchObjects(request: ResourceRequest): Promise<void> {
  const { exchange, path } = request;
  const shown = representation(request);
  const query = listQuery(exchange.query, path.namespace);
  const selection =
    path.name === undefined ? query.selection : { ...query.selection, fieldSelector: `metadata.name=${path.name}` };
  await new WatchStream(request, shown, { ...query, selection }).run();
}

class WatchStream {
  readonly #response: ServerResponse;
  readonly #queue: EventQueue;
  #version: string | undefined;
  /** The objects that exist are being sent. */
  #initial: boolean;
  #watch: Watch | undefined;

  constructor(
    private readonly request: ResourceRequest,
    private readonly shown: Representation,
    private readonly query: ListQuery,
  ) {
    const { response } = request.exchange;
    this.#response = response;
    this.#initial = beginsWithAll(query);
    const sink = {
      write: (text: string) => response.write(text),
      onDrain: (fn: () => void) => void response.on('drain', fn),
    };
    this.#queue = new EventQueue(sink, request.parts.clock, () => response.destroy());
  }

  /** Resolves when the watch has ended. */
  async run(): Promise<void> {
    const { resource, parts } = this.request;
    const { selection, allowWatchBookmarks, timeoutSeconds } = this.query;
    this.#version = await this.#origin();
    const response = this.#response;
    const version = this.#version;
    const options = { ...selection, ...(version === undefined ? {} : { resourceVersion: version }) };
    this.#watch = resource.cluster.watch(resource.type, options, (event) => this.#onEvent(event));
    const { closed } = this.#watch;
    // What is wrong with the request itself is known at once, and is a plain refusal.
    const refusal = await Promise.race([closed, undefined]);
    if (refusal && refusal.reason !== 'Expired') throw refusal;
    const stop = () => this.#watch?.stop();
    response.once('close', stop);
    if (response.destroyed) stop();
    parts.stopping.addEventListener('abort', stop, { once: true });
    response.writeHead(200, { 'Content-Type': this.#contentType(), 'Cache-Control': 'no-cache, private' });
    response.flushHeaders();
    this.#queue.open();
    const asked = timeoutSeconds !== undefined && timeoutSeconds > 0 ? timeoutSeconds * 1000 : LONGEST_MS;
    const ms = Math.min(asked, MOST_MS);
    const timer = parts.clock.after(ms, stop);
    const bookmarks = allowWatchBookmarks ? parts.clock.every(BOOKMARK_MS, () => this.#bookmark()) : undefined;
    try {
      const reason = await closed;
      if (reason) this.#queue.push(() => ({ type: 'ERROR', object: failure(reason) }), false);
    } finally {
      timer.cancel();
      bookmarks?.cancel();
      parts.stopping.removeEventListener('abort', stop);
      this.#queue.end();
      response.end();
    }
  }

  /** The version to watch from; undefined: everything that exists comes first. */
  async #origin(): Promise<string | undefined> {
    const { resource } = this.request;
    const { resourceVersion, sendInitialEvents, selection } = this.query;
    if (this.#initial) {
      if (resourceVersion !== undefined && resourceVersion !== '0') await this.#reached(resourceVersion);
      return undefined;
    }
    if (sendInitialEvents === false && (resourceVersion === undefined || resourceVersion === '0')) {
      return (await resource.cluster.list(resource.type, selection)).resourceVersion;
    }
    return resourceVersion;
  }

  /** @throws ClusterError Timeout if the cluster has not come to this version yet: it is one of another time. */
  async #reached(wanted: string): Promise<void> {
    const { cluster, type } = this.request.resource;
    const { resourceVersion: current } = await cluster.list(type, { fieldSelector: 'metadata.name=-' });
    if (Number(wanted) <= Number(current)) return;
    throw new ClusterError('Timeout', `Too large resource version: ${wanted}, current: ${current}`, {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    });
  }

  #contentType(): string {
    return this.shown.form.format === 'yaml' ? 'application/json' : this.shown.form.contentType;
  }

  #onEvent(event: WatchEvent<KubeObject>): void {
    if (event.type === 'BOOKMARK') {
      this.#version = event.resourceVersion;
      const ends = this.#initial && this.query.sendInitialEvents === true;
      this.#initial = false;
      if (this.query.allowWatchBookmarks) this.#bookmark(ends);
      return;
    }
    this.#version = event.object.metadata.resourceVersion;
    this.#queue.push(() => ({ type: event.type, object: this.shown.watched(event.object) }), !this.#initial);
  }

  #bookmark(ends = false): void {
    const version = this.#version;
    if (version === undefined || this.#initial) return;
    this.#queue.push(() => ({ type: 'BOOKMARK', object: this.shown.bookmark(version, ends) }));
  }
}

/** Whether a watch begins with the objects that exist. */
function beginsWithAll({ sendInitialEvents, resourceVersion }: ListQuery): boolean {
  return sendInitialEvents ?? (resourceVersion === undefined || resourceVersion === '0');
}
