import type { ServingConfig } from '../../api';
import type { Clock, Executor, Log, Random } from '../../base';
import { type Deliverer, type Journal, SourceSender } from '../../eventing';
import type { Cluster, ServiceAccounts } from '../../kube';
import { ApiServerSources } from './api-server-sources';
import type { EventingAnswers } from './eventing-answers';
import { PingSources } from './ping-sources';

export interface EventSourcesOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly random: Random;
  readonly log: Log;
  readonly config: () => ServingConfig;
  /** As whom ApiServerSources look at the cluster. */
  readonly accounts: ServiceAccounts;
  readonly journal: Journal;
  readonly deliverer: Deliverer;
  readonly answers: EventingAnswers;
}

/** The sources of a cluster that need no pods of their own: PingSources and ApiServerSources. */
export class EventSources {
  readonly #pings: PingSources;
  readonly #sender: SourceSender;
  readonly #apiServerSources: ApiServerSources;

  constructor(options: EventSourcesOptions) {
    this.#sender = new SourceSender(options);
    this.#pings = new PingSources(options);
    this.#apiServerSources = new ApiServerSources({ ...options, sender: this.#sender });
  }

  /** Resolves once all that are there are known. */
  async start(): Promise<void> {
    await Promise.all([this.#pings.start(), this.#apiServerSources.start()]);
  }

  async stop(): Promise<void> {
    this.#sender.stop();
    this.#pings.stop();
    await this.#apiServerSources.stop();
  }
}
