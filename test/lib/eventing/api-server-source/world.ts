import { type ApiServerSource, type ConfigMap, ConfigMapType, findType, type ObjectMeta, type Stored } from '../../../../lib/api';
import { type Clock, CountingExecutor, noLog, seededRandom } from '../../../../lib/base';
import {
  ApiServerWatcher,
  Deliverer,
  type EventMessage,
  Journal,
  SourceSender,
  type WatchedSource,
  type WatchState,
} from '../../../../lib/eventing';
import type { Cluster } from '../../../../lib/kube';

export const SINK = { url: 'http://sink.default.svc.cluster.local/' };
export const NAME = 'default/objects';

/** An ApiServerSource as a server has it, with its defaults. */
export function source(spec: Partial<ApiServerSource['spec']> = {}): Stored<ApiServerSource> {
  return {
    apiVersion: 'sources.knative.dev/v1',
    kind: 'ApiServerSource',
    metadata: { name: 'objects', namespace: 'default', uid: 'u1', resourceVersion: '1' },
    spec: { sink: { uri: SINK.url }, mode: 'Reference', resources: [{ apiVersion: 'v1', kind: 'ConfigMap' }], ...spec },
  } as unknown as Stored<ApiServerSource>;
}

export const configMap = (name: string, metadata: ObjectMeta = {}, data: Record<string, string> = { a: '1' }): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'default', ...metadata, name },
  data,
});

/** An ApiServerWatcher over a cluster, with a sink that takes everything. */
export class WatcherWorld {
  readonly errors: unknown[] = [];
  readonly journal: Journal;
  readonly sent: EventMessage[] = [];
  readonly states: WatchState[] = [];
  readonly watcher: ApiServerWatcher;
  readonly sender: SourceSender;
  status = 202;
  #heard = () => {};

  constructor(
    readonly cluster: Cluster,
    clock: Clock,
    executor = new CountingExecutor((error) => this.errors.push(error)),
  ) {
    this.journal = new Journal(clock);
    const sender = {
      send: async (_to: unknown, message: EventMessage) => {
        this.sent.push(message);
        this.#heard();
        return { status: this.status, headers: {}, body: Buffer.alloc(0) };
      },
    };
    const shared = { executor, random: seededRandom(1) };
    this.sender = new SourceSender({ ...shared, journal: this.journal, deliverer: new Deliverer({ clock, sender }) });
    this.watcher = new ApiServerWatcher(
      { ...shared, clock, log: noLog, sender: this.sender, findType, source: 'https://host' },
      (_name, state) => {
        this.states.push(state);
        this.#heard();
      },
    );
  }

  set(object: Stored<ApiServerSource>, namespaces?: readonly string[], as: Partial<WatchedSource['as']> = {}): void {
    this.watcher.set(NAME, { object, to: SINK, namespaces, as: { account: 'default/default', cluster: this.cluster, ...as } });
  }

  /** Watches, and resolves once it does. */
  async watch(spec: Partial<ApiServerSource['spec']> = {}, namespaces: readonly string[] | 'all' = ['default']): Promise<void> {
    this.set(source(spec), namespaces === 'all' ? undefined : namespaces);
    await this.until(() => this.states.at(-1)?.watching === true);
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }

  /** What came so far, as `add one`. */
  get told(): string[] {
    return this.sent.map(({ headers }) => `${headers['ce-type']!.split('.').at(-1)} ${headers['ce-name']}`);
  }

  create(name: string, metadata?: ObjectMeta, data?: Record<string, string>): Promise<Stored<ConfigMap>> {
    return this.cluster.create(ConfigMapType, configMap(name, metadata, data));
  }

  stop(): void {
    this.watcher.stop();
    this.sender.stop();
  }
}
