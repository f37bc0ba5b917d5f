import {
  type ApiServerSource,
  ApiServerSourceType,
  conditionOf,
  findServedType,
  keyOf,
  type ServingConfig,
  type Stored,
  setDefaults,
} from '../../api';
import type { Clock, Executor, Log, Random } from '../../base';
import { ApiServerWatcher, type SourceSender, type WatchState } from '../../eventing';
import { type Cluster, Informer } from '../../kube';
import { destination } from './consumer-specs';
import type { EventingAnswers } from './eventing-answers';
import { sentAs } from './sent-as';

export interface ApiServerSourcesOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly random: Random;
  readonly log: Log;
  readonly config: () => ServingConfig;
  readonly sender: SourceSender;
  readonly answers: EventingAnswers;
  /** The address of the API server, as which it is the source of events. @default its name inside a cluster */
  readonly apiHost?: string;
}

/** As pods of a cluster know the API server. */
const API_HOST = 'https://kubernetes.default.svc';
/** What has to be known of a source before it watches anything. */
const NEEDED = ['SinkProvided', 'SufficientPermissions', 'OIDCIdentityCreated'];

/** Makes the ApiServerSources of a cluster work in this process, in place of the adapter that upstream deploys for each. */
export class ApiServerSources {
  readonly #informer: Informer<ApiServerSource>;
  readonly #watcher: ApiServerWatcher;
  readonly #source: string;

  constructor(private readonly options: ApiServerSourcesOptions) {
    const { cluster, clock, executor, random, log, sender, apiHost = API_HOST } = options;
    this.#source = apiHost;
    this.#watcher = new ApiServerWatcher(
      { ...{ cluster, clock, executor, random, log, sender }, findType: findServedType, source: apiHost },
      (name, state) => this.#told(name, state),
    );
    this.#informer = new Informer(cluster, ApiServerSourceType, clock, log);
    this.#informer.onChange(({ previous, next }) => this.#changed((next ?? previous)!, next));
  }

  start(): Promise<void> {
    return this.#informer.start();
  }

  stop(): void {
    this.#informer.stop();
    this.#watcher.stop();
  }

  /** A source that has watched goes on with what it was until a change of its spec has been resolved. */
  #changed(changed: Stored<ApiServerSource>, present: Stored<ApiServerSource> | undefined): void {
    const name = keyOf(changed);
    if (!present || present.metadata.deletionTimestamp) {
      this.#end(name);
      return;
    }
    const { status = {}, metadata } = present;
    if (status.observedGeneration !== metadata.generation) return;
    const to = destination({ uri: status.sinkUri, caCerts: status.sinkCACerts, audience: status.sinkAudience });
    const may = NEEDED.every((type) => conditionOf(status.conditions, type)?.status === 'True');
    if (!to || !may) {
      this.#end(name);
      return;
    }
    const object = setDefaults(present, this.options.config());
    const { namespaceSelector: selector } = object.spec;
    const everywhere =
      selector !== undefined &&
      Object.keys(selector.matchLabels ?? {}).length === 0 &&
      (selector.matchExpressions ?? []).length === 0;
    this.#watcher.set(name, {
      object,
      to: sentAs(to, metadata.namespace, status.auth),
      namespaces: everywhere ? undefined : (status.namespaces ?? []),
    });
  }

  #end(name: string): void {
    this.#watcher.remove(name);
    this.options.answers.tell(`api-server-source/${name}`, undefined);
  }

  #told(name: string, { watching, problem }: WatchState): void {
    const [namespace, own = ''] = name.split('/');
    const { generation } = this.#informer.get(namespace, own)?.metadata ?? {};
    const answer = { generation, source: this.#source, ...(problem === undefined ? {} : { problem }) };
    this.options.answers.tell(`api-server-source/${name}`, watching || problem !== undefined ? answer : undefined);
  }
}
