import { DeploymentController } from './deployment-controller';
import { EndpointsController } from './endpoints-controller';
import { Environment, type EnvironmentOptions } from './environment';
import { JobController } from './job-controller';
import { ReplicaSetController } from './replica-set-controller';

/**
 * The controllers of Kubernetes that serverless needs, over any cluster that has none of its own: Deployment to ReplicaSet to
 * Pod, Job to Pod, Service to Endpoints and EndpointSlices. It makes and deletes Pod objects; to run them is the PodRuntime's part.
 */
export class LocalKubernetes {
  readonly #environment: Environment;
  readonly #controllers: readonly { readonly queue: { start(): void; stop(): void } }[];

  constructor(options: EnvironmentOptions) {
    this.#environment = new Environment(options);
    this.#controllers = [
      new DeploymentController(this.#environment),
      new ReplicaSetController(this.#environment),
      new JobController(this.#environment),
      new EndpointsController(this.#environment),
    ];
  }

  /** Resolves once all that exists is known and work on it has begun. */
  async start(): Promise<void> {
    await this.#environment.start();
    for (const { queue } of this.#controllers) queue.start();
  }

  /** Begins nothing new. Objects stay as they are. */
  stop(): void {
    this.#environment.stop();
    for (const { queue } of this.#controllers) queue.stop();
  }
}
