import { ADMISSION_GROUP, type KubeObject, type ResourceType, resourceType, SINK_BINDING_POLICIES } from '../../api';
import { type Clock, type Executor, errorMessage, type Log, type Timer } from '../../base';
import { type Answerer, type Ask, JOB_ADMISSION_TOPIC, type JobAdmissionAnswer } from '../../control';
import { type Cluster, ClusterError } from '../../kube';

export interface JobAdmissionAnswersOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly log: Log;
}

/** In the order in which a cluster is asked: what is served by default first. */
const POLICY_BINDINGS: readonly ResourceType[] = ['v1', 'v1beta1'].map((version) =>
  resourceType<KubeObject>(`${ADMISSION_GROUP}/${version}`, 'MutatingAdmissionPolicyBinding', 'mutatingadmissionpolicybindings', {
    ...{ namespaced: false, statusSubresource: false },
  }),
);

/** How often what is there is looked at again, in milliseconds: soon where Jobs cannot be bound, as somebody may mend that. */
const PRESENT_MS = 600_000;
const ABSENT_MS = 30_000;

/** Answers who tells Jobs their sinks (topic `job-admission`): the policies of the platform, where the cluster has them. */
export class JobAdmissionAnswers implements Answerer {
  readonly topic = JOB_ADMISSION_TOPIC;
  readonly #asked = new Map<string, (answer: JobAdmissionAnswer) => void>();
  #next: Timer | undefined;
  #looking = false;

  constructor(private readonly options: JobAdmissionAnswersOptions) {}

  ask({ key }: Ask, onAnswer: (key: string, value: unknown) => void): void {
    this.#asked.set(key, (answer) => onAnswer(key, answer));
    this.#begin();
  }

  forget(key: string): void {
    this.#asked.delete(key);
    if (this.#asked.size === 0) this.stop();
  }

  stop(): void {
    this.#asked.clear();
    this.#next?.cancel();
    this.#next = undefined;
  }

  #begin(): void {
    if (this.#looking) return;
    this.#looking = true;
    this.#next?.cancel();
    this.options.executor.run('who tells Jobs their sinks', async () => {
      const answer = await this.#look();
      this.#looking = false;
      if (this.#asked.size === 0) return;
      this.#next = this.options.clock.after(answer?.by === 'policy' ? PRESENT_MS : ABSENT_MS, () => this.#begin());
      if (answer) for (const tell of this.#asked.values()) tell(answer);
    });
  }

  async #look(): Promise<JobAdmissionAnswer | undefined> {
    try {
      for (const type of POLICY_BINDINGS) {
        const needed = [SINK_BINDING_POLICIES.subjects, SINK_BINDING_POLICIES.jobs, SINK_BINDING_POLICIES.pods];
        const found = await Promise.all(needed.map((name) => this.#isThere(type, name)));
        if (found.every((there) => there)) return { by: 'policy' };
      }
      return { by: 'none' };
    } catch (error) {
      this.options.log.warn('it is not known who tells Jobs their sinks', { error: errorMessage(error) });
      return undefined;
    }
  }

  /** False, too, where the cluster does not serve the kind, or nobody may look. */
  async #isThere(type: ResourceType, name: string): Promise<boolean> {
    try {
      return (await this.options.cluster.get(type, undefined, name)) !== undefined;
    } catch (error) {
      // Who installed no policies gave no right to look for them.
      if (ClusterError.is(error, 'NotFound') || ClusterError.is(error, 'Forbidden')) return false;
      throw error;
    }
  }
}
