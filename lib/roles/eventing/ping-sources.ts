import {
  CronError,
  isReady,
  keyOf,
  type PingSource,
  PingSourceType,
  type ServingConfig,
  type Stored,
  scheduleOf,
  setDefaults,
} from '../../api';
import type { Clock, Executor, Log, Random } from '../../base';
import { type Deliverer, type Journal, PingScheduler } from '../../eventing';
import { type Cluster, Informer } from '../../kube';
import { destination } from './consumer-specs';
import type { EventingAnswers } from './eventing-answers';
import { sentAs } from './sent-as';

export interface PingSourcesOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly random: Random;
  readonly log: Log;
  readonly config: () => ServingConfig;
  readonly journal: Journal;
  readonly deliverer: Deliverer;
  readonly answers: EventingAnswers;
}

/** Makes the PingSources of a cluster send from this process. */
export class PingSources {
  readonly #informer: Informer<PingSource>;
  readonly #scheduler: PingScheduler;

  constructor(private readonly options: PingSourcesOptions) {
    const { cluster, clock, executor, random, log, journal, deliverer } = options;
    this.#scheduler = new PingScheduler({ clock, executor, random, journal, deliverer });
    this.#informer = new Informer(cluster, PingSourceType, clock, log);
    this.#informer.onChange(({ previous, next }) => this.#changed((next ?? previous)!, next));
  }

  start(): Promise<void> {
    return this.#informer.start();
  }

  stop(): void {
    this.#informer.stop();
    this.#scheduler.stop();
  }

  /** A source sends while it is ready; until a change of its spec has been resolved, it goes on as before. */
  #changed(changed: Stored<PingSource>, present: Stored<PingSource> | undefined): void {
    const { answers, config } = this.options;
    const name = keyOf(changed);
    const key = `ping-source/${name}`;
    if (!present || present.metadata.deletionTimestamp) {
      this.#scheduler.remove(name);
      answers.tell(key, undefined);
      return;
    }
    const { generation, namespace } = present.metadata;
    const { status = {} } = present;
    const problem = scheduleProblem(present);
    const to = destination({ uri: status.sinkUri, caCerts: status.sinkCACerts, audience: status.sinkAudience });
    if (isReady(present) && to && problem === undefined) {
      this.#scheduler.set(name, setDefaults(present, config()), sentAs(to, namespace, status.auth));
    } else if (status.observedGeneration === generation) this.#scheduler.remove(name);
    answers.tell(key, { generation, ...(problem === undefined ? {} : { problem }) });
  }
}

/** What is wrong with when a source sends, where nobody has checked it before. */
function scheduleProblem({ spec }: PingSource): string | undefined {
  try {
    scheduleOf(spec);
    return undefined;
  } catch (error) {
    if (error instanceof CronError) return `invalid value: ${error.message}: spec.schedule`;
    throw error;
  }
}
