import type { ServingConfig, Stored, Trigger } from '../../api';
import type { Clock, Executor, Log, Random } from '../../base';
import type { Journal, Sender } from '../../eventing';
import type { InnerHosts } from '../../gateway';
import type { Cluster } from '../../kube';
import { EndpointDoor } from './endpoint-door';
import type { EventAccess } from './event-access';
import { EventTransforms } from './event-transforms';
import type { EventingAnswers } from './eventing-answers';
import { JobSinks } from './job-sinks';
import { RequestReplies } from './request-replies';

export interface EndpointsOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly random: Random;
  readonly log: Log;
  readonly config: () => ServingConfig;
  readonly journal: Journal;
  readonly sender: Sender;
  readonly answers: EventingAnswers;
  readonly access: EventAccess;
  readonly trigger: (namespace: string, name: string) => Stored<Trigger> | undefined;
  readonly door: EndpointDoor;
}

/** What takes events and is neither broker nor channel: JobSinks, EventTransforms, RequestReplies. */
export class Endpoints {
  /** For the gateway: which requests are for them. */
  readonly inner: InnerHosts;
  readonly #door = new EndpointDoor();
  readonly #parts: readonly { start(): Promise<void>; stop(): void | Promise<void> }[];

  constructor(options: Omit<EndpointsOptions, 'door'>) {
    const door = this.#door;
    this.inner = door.inner;
    const own = { ...options, door };
    this.#parts = [new JobSinks(own), new EventTransforms(own), new RequestReplies(own)];
  }

  /** Resolves once everything that is there is known. */
  async start(): Promise<void> {
    await Promise.all(this.#parts.map((part) => part.start()));
    this.#door.settle();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#parts.map((part) => part.stop()));
  }
}
