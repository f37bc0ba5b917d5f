import type { ServingConfig } from '../../api';
import type { Clock, Executor, Log, Random } from '../../base';
import { Deliverer, Journal } from '../../eventing';
import type { Cluster, ServiceAccounts } from '../../kube';
import { EventSender } from './event-sender';
import { EventSources } from './event-sources';
import { EventingAnswers } from './eventing-answers';
import { ServiceAccountTokens } from './service-account-tokens';

export interface SourcesOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly random: Random;
  readonly log: Log;
  readonly config: () => ServingConfig;
  /** By whose tokens they prove themselves, and as whom they look at the cluster. */
  readonly accounts: ServiceAccounts;
  readonly allowedSinks?: readonly string[];
  readonly deniedSinks?: readonly string[];
}

/** The sources of a cluster in a process of their own: what they send goes over the network. */
export class SourcesRuntime {
  /** What they answer the controllers. */
  readonly answers = new EventingAnswers();
  readonly journal: Journal;
  readonly #sender: EventSender;
  readonly #sources: EventSources;

  constructor(options: SourcesOptions) {
    const { clock, accounts } = options;
    const tokens = new ServiceAccountTokens({ clock, accounts });
    this.journal = new Journal(clock, {});
    this.#sender = new EventSender({ ...options, tokens });
    const deliverer = new Deliverer({ clock, sender: this.#sender.sender });
    this.#sources = new EventSources({ ...options, journal: this.journal, deliverer, answers: this.answers });
  }

  /** Resolves once all that are there are known. */
  async start(): Promise<void> {
    await this.#sender.start();
    await this.#sources.start();
  }

  async stop(): Promise<void> {
    await this.#sources.stop();
    await this.#sender.stop();
    this.journal.close();
  }
}
