import type { IncomingHttpHeaders } from 'node:http';
import {
  type Job,
  type JobSink,
  JobSinkType,
  JobType,
  jobEnd,
  keyOf,
  type ServingConfig,
  type Stored,
  setDefaults,
} from '../../api';
import { type CloudEvent, JobSinkIngress, jobSinkLabels } from '../../eventing';
import { type Change, Informer } from '../../kube';
import { EndpointJournal } from './endpoint-journal';
import type { EndpointsOptions } from './endpoints';

const NAMESPACE = 'knative-eventing';
const SERVICE = 'job-sink';
/** Events of which the Jobs have not ended are remembered for the journal, so many at most. */
const MAX_REMEMBERED = 10_000;

interface Pending {
  readonly sink: Stored<JobSink>;
  readonly event: CloudEvent;
  readonly headers: IncomingHttpHeaders;
}

/** Makes the JobSinks of a cluster work in this process. */
export class JobSinks {
  readonly #sinks: Informer<JobSink>;
  readonly #jobs: Informer<Job>;
  readonly #journal: EndpointJournal;
  /** By namespace and name of the Job. */
  readonly #pending = new Map<string, Pending>();

  constructor(private readonly options: EndpointsOptions) {
    const { cluster, clock, log, journal, random, door, access } = options;
    this.#journal = new EndpointJournal(journal, random, 'job-sink');
    this.#sinks = new Informer(cluster, JobSinkType, clock, log);
    this.#sinks.onChange((change) => this.#sinkChanged(change));
    this.#jobs = new Informer(cluster, JobType, clock, log, { labelSelector: jobSinkLabels.name });
    this.#jobs.onChange(({ previous, next }) => this.#jobChanged((next ?? previous)!, next));
    const ingress = new JobSinkIngress({
      cluster,
      find: (namespace, name) => this.#find(namespace, name, options.config()),
      gate: (sink, authorization, event, from) =>
        access.refusal(JobSinkType, sink, `job-sink/${keyOf(sink)}`, authorization, event, from),
      onJob: (sink, job, event, { headers }) => this.#made(sink, job, { sink, event, headers }),
      onRefused: ({ metadata }, event, status, reason, { headers }) =>
        this.#journal.record(metadata, event, headers, { kind: 'refused', status, reason }),
    });
    door.set(NAMESPACE, SERVICE, (request) => ingress.handle(request));
  }

  async start(): Promise<void> {
    await Promise.all([this.#sinks.start(), this.#jobs.start()]);
  }

  stop(): void {
    this.#sinks.stop();
    this.#jobs.stop();
  }

  #find(namespace: string, name: string, config: ServingConfig): Stored<JobSink> | undefined {
    const sink = this.#sinks.get(namespace, name);
    return sink && !sink.metadata.deletionTimestamp ? setDefaults(sink, config) : undefined;
  }

  #sinkChanged({ previous, next }: Change<JobSink>): void {
    const key = `job-sink/${keyOf((next ?? previous)!)}`;
    const present = next && !next.metadata.deletionTimestamp;
    this.options.answers.tell(key, present ? { generation: next.metadata.generation } : undefined);
  }

  #made({ metadata }: Stored<JobSink>, job: Stored<Job>, pending: Pending): void {
    const { event, headers } = pending;
    this.#journal.record(metadata, event, headers, { kind: 'arrived', consumers: [keyOf(job)] });
    this.#pending.set(keyOf(job), pending);
    const [oldest] = this.#pending.keys();
    if (this.#pending.size > MAX_REMEMBERED && oldest !== undefined) this.#pending.delete(oldest);
  }

  #jobChanged(job: Stored<Job>, present: Stored<Job> | undefined): void {
    const consumer = keyOf(job);
    const pending = this.#pending.get(consumer);
    const end = jobEnd(job);
    if (!pending || (present && end === undefined)) return;
    this.#pending.delete(consumer);
    const { sink, event, headers } = pending;
    const failed = job.status?.conditions?.find(({ type }) => type === 'Failed');
    const reason = end === undefined ? 'the Job was deleted' : (failed?.message ?? '');
    this.#journal.record(
      sink.metadata,
      event,
      headers,
      end === 'Complete' ? { kind: 'delivered', consumer } : { kind: 'dropped', consumer, reason },
    );
  }
}
