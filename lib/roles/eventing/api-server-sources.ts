import {
  type ApiServerSource,
  ApiServerSourceType,
  conditionOf,
  keyOf,
  type ServingConfig,
  type Stored,
  setDefaults,
} from '../../api';
import type { Clock, Executor, Log, Random } from '../../base';
import { ApiServerWatcher, type SourceSender, type WatchState } from '../../eventing';
import { type Cluster, Informer, type ServiceAccounts } from '../../kube';
import { AccountClusters } from './account-clusters';
import { destination } from './consumer-specs';
import { DiscoveredKinds } from './discovered-kinds';
import type { EventingAnswers } from './eventing-answers';
import { sentAs } from './sent-as';

export interface ApiServerSourcesOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly random: Random;
  readonly log: Log;
  readonly config: () => ServingConfig;
  /** As whom they look at the cluster. */
  readonly accounts: ServiceAccounts;
  readonly sender: SourceSender;
  readonly answers: EventingAnswers;
  /** The address of the API server, as which it is the source of events. @default its name inside a cluster */
  readonly apiHost?: string;
}

/** As pods of a cluster know the API server. */
const API_HOST = 'https://kubernetes.default.svc';
/** What has to be known of a source before it watches anything. */
const NEEDED = ['SinkProvided', 'SufficientPermissions', 'OIDCIdentityCreated'];

/**
 * Makes the ApiServerSources of a cluster work in this process, in place of the adapter that upstream deploys for each. Each looks with
 * the rights of the service account that it names: those of this process are not enough to watch anything for it.
 */
export class ApiServerSources {
  readonly #informer: Informer<ApiServerSource>;
  readonly #watcher: ApiServerWatcher;
  readonly #clusters: AccountClusters;
  readonly #kinds: DiscoveredKinds;
  readonly #source: string;

  constructor(private readonly options: ApiServerSourcesOptions) {
    const { cluster, clock, executor, random, log, accounts, sender, apiHost = API_HOST } = options;
    this.#source = apiHost;
    this.#clusters = new AccountClusters(accounts);
    this.#kinds = new DiscoveredKinds(options, () => {
      for (const source of this.#informer.list()) this.#changed(source, source);
    });
    this.#watcher = new ApiServerWatcher(
      {
        ...{ clock, executor, random, log, sender, source: apiHost },
        findType: (apiVersion, kind) => this.#kinds.find(apiVersion, kind),
      },
      (name, state) => this.#told(name, state),
    );
    this.#informer = new Informer(cluster, ApiServerSourceType, clock, log);
    this.#informer.onChange(({ previous, next }) => this.#changed((next ?? previous)!, next));
  }

  start(): Promise<void> {
    return this.#informer.start();
  }

  async stop(): Promise<void> {
    this.#informer.stop();
    this.#kinds.stop();
    this.#watcher.stop();
    await this.#clusters.close();
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
    const account = `${metadata.namespace}/${object.spec.serviceAccountName || 'default'}`;
    this.#watcher.set(name, {
      object,
      to: sentAs(to, metadata.namespace, status.auth),
      namespaces: everywhere ? undefined : (status.namespaces ?? []),
      as: { account, cluster: this.#clusters.use(account, name) },
    });
    this.#leave(name, account);
  }

  #end(name: string): void {
    this.#watcher.remove(name);
    this.#leave(name);
    this.options.answers.tell(`api-server-source/${name}`, undefined);
  }

  #leave(name: string, but?: string): void {
    this.options.executor.run(`connections of ${name}`, () => this.#clusters.leave(name, but));
  }

  #told(name: string, { watching, problem, forbidden }: WatchState): void {
    const [namespace, own = ''] = name.split('/');
    const { generation } = this.#informer.get(namespace, own)?.metadata ?? {};
    const answer = {
      ...{ generation, source: this.#source },
      ...(problem === undefined ? {} : { problem }),
      ...(forbidden ? { forbidden } : {}),
    };
    this.options.answers.tell(`api-server-source/${name}`, watching || problem !== undefined ? answer : undefined);
  }
}
