import {
  ADMISSION_GROUP,
  EndpointsType,
  INSTALLATION,
  type KubeObject,
  type ResourceType,
  resourceType,
  SINK_BINDING_POLICIES,
  WEBHOOKS,
} from '../../api';
import { type Clock, type Executor, errorMessage, type Log, type Timer } from '../../base';
import { type Answerer, type Ask, JOB_ADMISSION_TOPIC, type JobAdmissionAnswer } from '../../control';
import { type Cluster, ClusterError } from '../../kube';
import { MutatingWebhookConfigurationType } from '../webhook/webhook-configuration';

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

/** What is said of a webhook that is installed and cannot be asked; Jobs that are made meanwhile are not told. */
const AWAY =
  'Job subjects are not bound now: the webhook that tells Jobs where to send events is installed, and none of its pods is ready. ' +
  `Look at them: kubectl -n ${INSTALLATION.servingNamespace} describe service ${INSTALLATION.webhook}`;

/** How often what is there is looked at again, in milliseconds: soon where Jobs cannot be bound, as somebody may mend that. */
const PRESENT_MS = 600_000;
const ABSENT_MS = 30_000;

/** Answers who tells Jobs their sinks (topic `job-admission`): the policies of the platform, or its webhook, where they are there. */
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
      const webhook = await this.#webhook();
      if (webhook.by === 'webhook') return webhook;
      for (const type of POLICY_BINDINGS) {
        const needed = [SINK_BINDING_POLICIES.subjects, SINK_BINDING_POLICIES.jobs, SINK_BINDING_POLICIES.pods];
        const found = await Promise.all(needed.map((name) => this.#isThere(type, name)));
        if (found.every((there) => there)) return { by: 'policy' };
      }
      return webhook;
    } catch (error) {
      this.options.log.warn('it is not known who tells Jobs their sinks', { error: errorMessage(error) });
      return undefined;
    }
  }

  /** It is asked if API servers know whom to trust, and one of its pods is ready. */
  async #webhook(): Promise<JobAdmissionAnswer> {
    const { cluster } = this.options;
    const configuration = await absentUnlessAllowed(
      cluster.get(MutatingWebhookConfigurationType, undefined, INSTALLATION.webhook),
    );
    const jobs = configuration?.webhooks?.find(({ name }) => name === WEBHOOKS.subjects);
    if (!jobs) return { by: 'none' };
    const fieldSelector = `metadata.name=${INSTALLATION.webhook}`;
    const { items } = await cluster.list(EndpointsType, { namespace: INSTALLATION.servingNamespace, fieldSelector });
    const ready = items.some(({ subsets = [] }) => subsets.some(({ addresses = [] }) => addresses.length > 0));
    return jobs.clientConfig?.caBundle && ready ? { by: 'webhook' } : { by: 'none', why: AWAY };
  }

  /** False, too, where the cluster does not serve the kind, or nobody may look. */
  async #isThere(type: ResourceType, name: string): Promise<boolean> {
    return (await absentUnlessAllowed(this.options.cluster.get(type, undefined, name))) !== undefined;
  }
}

/** Who installed neither policies nor webhook gave no right to look for them. */
async function absentUnlessAllowed<T>(found: Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (ClusterError.is(error, 'NotFound') || ClusterError.is(error, 'Forbidden')) return undefined;
    throw error;
  }
}
