import { DeploymentType } from '../api';
import { type Executor, errorMessage, type Log } from '../base';
import { type Cluster, ClusterError } from '../kube';

/** How often a raise is tried again when someone else wrote the Deployment at the same time. */
const MAX_CONFLICTS = 5;

/**
 * Raises Deployments from zero. That is all it does to them: any other number of replicas is the autoscaler's, whose write in
 * the meantime makes ours fail by its resourceVersion.
 */
export class Activator {
  readonly #underWay = new Map<string, Promise<boolean>>();

  constructor(private readonly deps: { readonly cluster: Cluster; readonly executor: Executor; readonly log: Log }) {}

  /**
   * Sets the Deployment's replicas to `replicas` if they are 0. Calls for one Deployment at the same time are one call.
   * Resolves to true if it was raised; never rejects.
   */
  raise(namespace: string, deployment: string, replicas: number): Promise<boolean> {
    const key = `${namespace}/${deployment}`;
    let raising = this.#underWay.get(key);
    if (!raising) {
      raising = this.deps.executor
        .track('activate', () => this.#raise(namespace, deployment, replicas))
        .catch((error: unknown) => {
          this.deps.log.warn('activation failed', { deployment: key, error: errorMessage(error) });
          return false;
        })
        .finally(() => this.#underWay.delete(key));
      this.#underWay.set(key, raising);
    }
    return raising;
  }

  async #raise(namespace: string, name: string, replicas: number): Promise<boolean> {
    for (let conflicts = 0; ; conflicts++) {
      const deployment = await this.deps.cluster.get(DeploymentType, namespace, name);
      if (!deployment || deployment.metadata.deletionTimestamp || deployment.spec.replicas !== 0) return false;
      const { resourceVersion } = deployment.metadata;
      try {
        await this.deps.cluster.patch(
          DeploymentType,
          namespace,
          name,
          'merge',
          { spec: { replicas } },
          { subresource: 'scale', resourceVersion },
        );
        this.deps.log.info('scaled from zero', { namespace, deployment: name, replicas });
        return true;
      } catch (error) {
        if (!ClusterError.is(error, 'Conflict') || conflicts >= MAX_CONFLICTS) throw error;
      }
    }
  }
}
