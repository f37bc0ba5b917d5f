import { buildConnector, Client, type Dispatcher, Pool } from 'undici';
import type { Clock } from '../../base';
import type { CancelSignal } from '../cancellation';
import { FreshConnections } from './fresh-connections';
import {
  type PodProbe,
  type PodRequest,
  type PodResponse,
  type PodTarget,
  type PodTransport,
  targetKey,
  type UpgradeResponse,
} from './pod-transport';
import { probePod } from './probe-pod';
import { type ConnectionUse, UndiciExchange } from './undici-exchange';
import { upgradeOverHttp1 } from './upgrade-http1';

/** How long an idle connection is kept to a pod that says nothing of it: below the shortest default of common servers. */
const KEEP_ALIVE_MS = 4000;

/** How much earlier than a pod's own `Keep-Alive: timeout` its connections are given up. */
const KEEP_ALIVE_MARGIN_MS = 1000;

/** After how long an idle connection is asked for by TCP whether it is still there: undici's own default. */
const TCP_KEEP_ALIVE_MS = 60_000;

const MAX_RESPONSE_HEAD = 64 * 1024;

/** A connection that counts the requests it has carried since it was opened. */
class CountingClient extends Client implements ConnectionUse {
  served = 0;
  idleSince = 0;

  constructor(origin: string | URL, options: object) {
    super(origin, options);
    this.on('connect', () => {
      this.served = 0;
    });
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (handler instanceof UndiciExchange) handler.connection = this;
    return super.dispatch(options, handler);
  }
}

/** HTTP/1.1 to pods over undici: a pool for each pod, one request at a time on a connection. */
export class UndiciTransport implements PodTransport {
  readonly #pools = new Map<string, Pool>();
  readonly #fresh: FreshConnections;
  readonly #connect = buildConnector({});

  constructor(private readonly clock: Clock) {
    this.#fresh = new FreshConnections(clock);
  }

  send(target: PodTarget, request: PodRequest, signal: CancelSignal): Promise<PodResponse> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const exchange = new UndiciExchange(this.clock, resolve, reject);
      signal.addEventListener('abort', () => exchange.cancel(signal.reason as Error), { once: true });
      this.#pool(target).dispatch(
        {
          method: request.method as Dispatcher.HttpMethod,
          path: request.target,
          headers: request.headers as string[],
          body: request.body,
        },
        exchange,
      );
    });
  }

  upgrade(target: PodTarget, request: PodRequest, signal: CancelSignal): Promise<UpgradeResponse> {
    return upgradeOverHttp1(target, request, signal);
  }

  probe(target: PodTarget, probe: PodProbe, timeoutMs: number): Promise<boolean> {
    return probePod(this, this.clock, target, probe, timeoutMs, (socket) => this.#fresh.put(targetKey(target), socket));
  }

  retire(target: PodTarget): void {
    const key = targetKey(target);
    const pool = this.#pools.get(key);
    this.#pools.delete(key);
    this.#fresh.drop(key);
    pool?.close().catch(() => {});
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    this.#fresh.close();
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  #pool(target: PodTarget): Pool {
    const key = targetKey(target);
    let pool = this.#pools.get(key);
    if (!pool) {
      pool = new Pool(`http://${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`, {
        pipelining: 1,
        headersTimeout: 0,
        bodyTimeout: 0,
        keepAliveTimeout: KEEP_ALIVE_MS,
        keepAliveTimeoutThreshold: KEEP_ALIVE_MARGIN_MS,
        maxHeaderSize: MAX_RESPONSE_HEAD,
        connect: (options, callback) => {
          const socket = this.#fresh.take(key);
          // undici does not hear of a connection while it asks for one.
          if (socket) queueMicrotask(() => callback(null, socket.setKeepAlive(true, TCP_KEEP_ALIVE_MS)));
          else this.#connect(options, callback);
        },
        factory: (origin, options) => new CountingClient(origin, options),
      });
      this.#pools.set(key, pool);
    }
    return pool;
  }
}
