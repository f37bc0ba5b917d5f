import { type Job, type JobSink, JobType, jobEnd, SecretType, type Stored } from '../../api';
import { errorMessage } from '../../base';
import { type Cluster, ClusterError } from '../../kube';
import { type Refusal, refusalHeaders } from '../auth';
import type { CloudEvent } from '../cloud-event';
import { answer, type EndpointRequest, type EndpointResponse, headerText, pathParts, readEvent, refusedEvent } from '../endpoint';
import { eventJob, eventSecret, jobName, jobSinkLabels } from './event-job';
import { type JobLocation, locationOf, parseLocation } from './job-location';

/** Who asks for the state of a Job sends none. */
const NO_EVENT: CloudEvent = { attributes: {}, data: undefined };
/** The most bytes that a Secret may hold. */
const MAX_SECRET = 2 ** 20;

export interface JobSinkIngressOptions {
  readonly cluster: Pick<Cluster, 'get' | 'list' | 'create'>;
  /** A sink with its defaults, if it is there. */
  readonly find: (namespace: string, name: string) => Stored<JobSink> | undefined;
  /** Why somebody may not send, or ask: by the header `authorization`, from an address. @default everybody may */
  readonly gate?: (sink: Stored<JobSink>, authorization: string | undefined, event: CloudEvent, from?: string) => Refusal;
  /** A Job was made for an event. */
  readonly onJob?: (sink: Stored<JobSink>, job: Stored<Job>, event: CloudEvent, request: EndpointRequest) => void;
  /** An event was not taken. */
  readonly onRefused?: (
    sink: Stored<JobSink>,
    event: CloudEvent,
    status: number,
    reason: string,
    request: EndpointRequest,
  ) => void;
}

/**
 * Takes events for JobSinks as upstream's job-sink does: POST `/NAMESPACE/NAME` makes a Job, once for each source and id, and is
 * answered with 202 and the place where GET tells of the Job: 202 while it runs, 200 once it is complete, 400 if it has failed.
 */
export class JobSinkIngress {
  constructor(private readonly options: JobSinkIngressOptions) {}

  async handle(request: EndpointRequest): Promise<EndpointResponse> {
    if (request.method === 'GET') return this.#state(request);
    if (request.method !== 'POST') return answer(400, `${request.method} is not allowed, POST and GET are`);
    const [namespace = '', name = '', ...more] = pathParts(request.target);
    if (name === '' || more.length > 0) return answer(400, `${request.target} names no JobSink: /NAMESPACE/NAME does`);
    const sink = this.options.find(namespace, name);
    if (!sink) return answer(400, `there is no JobSink ${namespace}/${name}`);
    let event: CloudEvent;
    try {
      event = await readEvent(request.headers, request.body);
    } catch (error) {
      return refusedEvent(error);
    }
    const refusal = await this.options.gate?.(sink, request.headers.authorization, event, request.from);
    if (refusal) return this.#refused(sink, event, refusal.status, refusal.reason, request, refusalHeaders(refusal));
    return this.#take(sink, event, request);
  }

  async #take(sink: Stored<JobSink>, event: CloudEvent, request: EndpointRequest): Promise<EndpointResponse> {
    const { namespace = '', name } = sink.metadata;
    const [source, id] = [String(event.attributes['source']), String(event.attributes['id'])];
    const taken = answer(202, '', { location: locationOf({ namespace, name, source, id }) });
    const labelSelector = `${jobSinkLabels.id}=${jobName(name, source, id)},${jobSinkLabels.name}=${name}`;
    try {
      const { items } = await this.options.cluster.list(JobType, { namespace, labelSelector });
      if (items.length > 0) return taken;
      const wanted = eventJob(sink, event);
      const size = Buffer.byteLength(JSON.stringify(eventSecret(sink, wanted as Stored<Job>, event).data));
      if (size > MAX_SECRET) return this.#refused(sink, event, 413, 'the event is larger than a Secret may be, 1 MiB', request);
      const job = await this.#made(wanted);
      await this.options.cluster.create(SecretType, eventSecret(sink, job, event)).catch(unlessThere);
      this.options.onJob?.(sink, job, event, request);
      return taken;
    } catch (error) {
      return this.#refused(sink, event, 500, errorMessage(error), request);
    }
  }

  /** Of two that come at once, one makes the Job and both go on with it. */
  async #made(job: Job): Promise<Stored<Job>> {
    const { cluster } = this.options;
    try {
      return await cluster.create(JobType, job);
    } catch (error) {
      unlessThere(error);
      const there = await cluster.get(JobType, job.metadata.namespace, job.metadata.name ?? '');
      if (!there) throw error;
      return there;
    }
  }

  #refused(
    sink: Stored<JobSink>,
    event: CloudEvent,
    status: number,
    reason: string,
    request: EndpointRequest,
    headers: Readonly<Record<string, string>> = {},
  ): EndpointResponse {
    this.options.onRefused?.(sink, event, status, reason, request);
    return answer(status, reason, { ...headers, reason: headerText(reason) });
  }

  async #state({ target, headers, from }: EndpointRequest): Promise<EndpointResponse> {
    const location = parseLocation(pathParts(target));
    if (!location) return answer(400, `${target} names no Job: /namespaces/NAMESPACE/name/NAME/sources/SOURCE/ids/ID does`);
    const { namespace, name } = location;
    const sink = this.options.find(namespace, name);
    if (!sink) return answer(400, `there is no JobSink ${namespace}/${name}`);
    const refusal = await this.options.gate?.(sink, headers.authorization, NO_EVENT, from);
    if (refusal) return answer(refusal.status, refusal.reason, refusalHeaders(refusal));
    const job = await this.#jobAt(location);
    if (!job) return answer(500, 'there is no Job for this event');
    const end = jobEnd(job);
    if (end === undefined) return answer(202, '', { location: locationOf(location) });
    return answer(end === 'Complete' ? 200 : 400, '', { reason: end });
  }

  #jobAt({ namespace, name, source, id }: JobLocation): Promise<Stored<Job> | undefined> {
    return this.options.cluster.get(JobType, namespace, jobName(name, source, id));
  }
}

function unlessThere(error: unknown): void {
  if (!ClusterError.is(error, 'AlreadyExists')) throw error;
}
