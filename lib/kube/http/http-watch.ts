import type { KubeObject, ResourceType } from '../../api';
import { type Clock, errorMessage, isJsonObject, type JsonObject, type Log, type Random, type Timer } from '../../base';
import { ClusterError, type ObjectList, type Watch, type WatchEvent, type WatchOptions } from '../cluster';
import type { HttpTransport } from './http-transport';
import { LineSplitter } from './line-splitter';
import { collectionPath, selectors } from './resource-path';
import { retryAfter, retryDelay } from './retry-delay';
import { errorOfResponse, errorOfStatus, isTooLargeVersion } from './status-error';
import type { ObjectReader } from './stored-object';

export interface WatchTimes {
  /** A stream on which nothing, not even a bookmark, has come for this long is taken for dead, in milliseconds. @default 150000 */
  readonly idleMs?: number;
  /** How long the server is asked to keep one stream, in seconds; up to twice that by chance. @default 300 */
  readonly streamSeconds?: number;
}

export interface HttpWatchDeps {
  readonly transport: HttpTransport;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly times?: WatchTimes;
  readonly read: ObjectReader;
}

const IDLE_MS = 150_000;
const STREAM_SECONDS = 300;
/** Refusals that trying again would not change; everything else passes, sooner or later. */
const FINAL: ReadonlySet<string> = new Set([
  'Expired',
  'Forbidden',
  'Unauthorized',
  'NotFound',
  'BadRequest',
  'MethodNotAllowed',
  'NotAcceptable',
]);

/** Why one stream has ended. */
interface End {
  /** Undefined: the server ended it in order. */
  readonly error?: ClusterError;
  readonly retryInMs?: number;
  /** Something was heard, or the stream was held for a while: the server is well. */
  readonly served: boolean;
}

/**
 * Follows a kind over any number of streams. Whatever ends a stream (the server, the network, a restart, silence), the next one
 * begins at the version of the last event or bookmark that was delivered, so nothing is lost and nothing comes twice. Only what
 * trying again cannot mend closes the watch: a version that is no longer known (Expired), and refusals.
 */
export class HttpWatch<T extends KubeObject> implements Watch {
  readonly closed: Promise<ClusterError | undefined>;
  readonly #stopping = new AbortController();
  #version: string;

  /** @param present lists the objects, for a watch that begins with what exists */
  constructor(
    private readonly deps: HttpWatchDeps,
    private readonly type: ResourceType<T>,
    private readonly options: WatchOptions,
    private readonly present: (signal: AbortSignal) => Promise<ObjectList<T>>,
    private readonly onEvent: (event: WatchEvent<T>) => void,
  ) {
    this.#version = options.resourceVersion === '0' ? '' : (options.resourceVersion ?? '');
    this.closed = this.#run().then(
      (reason) => (this.#stopped ? undefined : reason),
      (error: unknown) => (this.#stopped ? undefined : asClusterError(error)),
    );
  }

  stop(): void {
    this.#stopping.abort();
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #run(): Promise<ClusterError | undefined> {
    const { random, clock, log } = this.deps;
    let failures = 0;
    for (;;) {
      const { error, served, retryInMs } = await this.#attempt();
      if (this.#stopped) return undefined;
      if (error && FINAL.has(error.reason)) return error;
      if (served) failures = 0;
      else failures++;
      if (error) log.debug('watch stream ended', { kind: this.type.kind, reason: error.message });
      const delay = retryInMs ?? (failures === 0 ? 0 : retryDelay(failures, random));
      if (delay > 0) await clock.sleep(delay, this.#stopping.signal);
    }
  }

  /** One stream from its beginning to its end; first the present objects if nothing has been heard yet. */
  async #attempt(): Promise<End> {
    const { clock, transport } = this.deps;
    const controller = new AbortController();
    const abort = () => controller.abort(new Error('stopped'));
    this.#stopping.signal.addEventListener('abort', abort, { once: true });
    const watchdog = new Watchdog(clock, this.deps.times?.idleMs ?? IDLE_MS, () =>
      controller.abort(new ClusterError('Timeout', 'nothing was heard of the server any more')),
    );
    const startedAt = clock.monotonic();
    const heardFrom = this.#version;
    const served = () => this.#version !== heardFrom || clock.monotonic() - startedAt > 1000;
    let accepted = false;
    try {
      if (this.#version === '') await this.#begin(controller.signal);
      if (this.#stopped) return { served: true };
      const response = await transport.send({ method: 'GET', path: this.#path() }, controller.signal);
      if (response.statusCode !== 200) {
        const error = errorOfResponse(response.statusCode, await response.body.text());
        const retryInMs = retryAfter(response.headers);
        return { error: asExpired(error), served: false, ...(retryInMs === undefined ? {} : { retryInMs }) };
      }
      accepted = true;
      this.options.onAccepted?.();
      const lines = new LineSplitter();
      for await (const chunk of response.body) {
        watchdog.heard();
        for (const line of lines.push(chunk as Buffer)) {
          const error = this.#receive(line);
          if (this.#stopped) return { served: true };
          if (error) return { error, served: served() };
        }
      }
      return { served: served() };
    } catch (thrown) {
      if (thrown instanceof HandlerError) throw thrown.reason;
      const cause: unknown = controller.signal.aborted ? controller.signal.reason : thrown;
      return { error: asClusterError(cause), served: accepted && served() };
    } finally {
      watchdog.stop();
      this.#stopping.signal.removeEventListener('abort', abort);
      controller.abort(new Error('done'));
    }
  }

  async #begin(signal: AbortSignal): Promise<void> {
    const { items, resourceVersion } = await this.present(signal);
    for (const object of items) {
      if (this.#stopped) return;
      this.#deliver({ type: 'ADDED', object });
    }
    this.#version = resourceVersion;
    if (!this.#stopped) this.#deliver({ type: 'BOOKMARK', resourceVersion });
  }

  #path(): string {
    const { random, times } = this.deps;
    const seconds = times?.streamSeconds ?? STREAM_SECONDS;
    return collectionPath(this.type, this.options.namespace, {
      ...selectors(this.options),
      watch: 1,
      allowWatchBookmarks: true,
      resourceVersion: this.#version,
      timeoutSeconds: Math.round(seconds * (1 + random.next())),
    });
  }

  /** Delivers one event of the stream; the error that it carries, if it is one. */
  #receive(line: string): ClusterError | undefined {
    const event: unknown = JSON.parse(line);
    if (!isJsonObject(event) || !isJsonObject(event['object'])) {
      return new ClusterError('InternalError', 'the server sent something that is no event');
    }
    const { type, object } = event as { readonly type: unknown; readonly object: JsonObject };
    if (type === 'ERROR') return asExpired(errorOfStatus(object, 500));
    const version = versionOf(object);
    if (version === undefined) return new ClusterError('InternalError', 'the server sent an event without a resourceVersion');
    if (type === 'BOOKMARK') this.#deliver({ type, resourceVersion: version });
    else if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') {
      this.#deliver({ type, object: this.deps.read(this.type, object) });
    } else return new ClusterError('InternalError', `the server sent an event of type ${JSON.stringify(type)}`);
    this.#version = version;
    return undefined;
  }

  #deliver(event: WatchEvent<T>): void {
    try {
      this.onEvent(event);
    } catch (error) {
      throw new HandlerError(new ClusterError('InternalError', `watch handler failed: ${errorMessage(error)}`));
    }
  }
}

/** Ends the watch: whoever listens does not cope. */
class HandlerError extends Error {
  constructor(readonly reason: ClusterError) {
    super(reason.message);
  }
}

/** Bites when nothing has been heard for too long. Hearing something costs no timer. */
class Watchdog {
  #heardAt: number;
  #timer: Timer;

  constructor(
    private readonly clock: Clock,
    private readonly ms: number,
    private readonly bite: () => void,
  ) {
    this.#heardAt = clock.monotonic();
    this.#timer = clock.after(ms, () => this.#check());
  }

  heard(): void {
    this.#heardAt = this.clock.monotonic();
  }

  stop(): void {
    this.#timer.cancel();
  }

  #check(): void {
    const left = this.ms - (this.clock.monotonic() - this.#heardAt);
    if (left <= 0) this.bite();
    else this.#timer = this.clock.after(left, () => this.#check());
  }
}

function versionOf(object: JsonObject): string | undefined {
  const version = isJsonObject(object['metadata']) ? object['metadata']['resourceVersion'] : undefined;
  return typeof version === 'string' && version !== '' ? version : undefined;
}

/** A server that is behind the version that we know cannot go on from it either. */
const asExpired = (error: ClusterError): ClusterError =>
  isTooLargeVersion(error) ? new ClusterError('Expired', error.message, error.details) : error;

const asClusterError = (error: unknown): ClusterError =>
  ClusterError.is(error) ? error : new ClusterError('Unavailable', errorMessage(error));
