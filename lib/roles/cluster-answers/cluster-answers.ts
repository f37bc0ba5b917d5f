import type { Clock, Executor, Log } from '../../base';
import type { Answerer } from '../../control';
import type { Cluster } from '../../kube';
import { RegistryClient, type RegistryHttpOptions } from '../../registry';
import { AccessAnswers } from './access-answers';
import { DigestAnswers } from './digest-answers';
import { JobAdmissionAnswers } from './job-admission-answers';

export interface ClusterAnswersOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly log: Log;
  /** How registries are reached. @default by public certificates, at addresses that are neither of this machine nor of its cloud */
  readonly registries?: RegistryHttpOptions;
}

/** Answers what controllers ask of the world around a cluster: of registries, and of the API server about rights and admission. */
export class ClusterAnswers {
  readonly #registries: RegistryClient;
  readonly #digests: DigestAnswers;
  readonly #access: AccessAnswers;
  readonly #jobs: JobAdmissionAnswers;

  constructor(options: ClusterAnswersOptions) {
    const { clock, registries } = options;
    this.#registries = new RegistryClient({ ...registries, clock });
    this.#digests = new DigestAnswers({ ...options, registries: this.#registries });
    this.#access = new AccessAnswers(options);
    this.#jobs = new JobAdmissionAnswers(options);
  }

  get all(): readonly Answerer[] {
    return [this.#digests, this.#access, this.#jobs];
  }

  async stop(): Promise<void> {
    this.#digests.stop();
    this.#access.stop();
    this.#jobs.stop();
    await this.#registries.close();
  }
}
