import { DeploymentType } from '../api';
import { type Executor, errorMessage, type Log } from '../base';
import { type Cluster, ClusterError, type JsonPatchOperation } from '../kube';

/** Requests wait for it: it waits for no other write. */
const RAISE = { subresource: 'scale', urgent: true } as const;

/** How often a raise is tried again when someone else wrote the Deployment at the same time. */
const MAX_CONFLICTS = 5;

/**
 * Raises Deployments from zero. That is all it does to them: any other number of replicas is the autoscaler's, and the API server
 * refuses our change if it finds one.
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
    const { cluster, log } = this.deps;
    for (let conflicts = 0; ; conflicts++) {
      try {
        await cluster.patch(DeploymentType, namespace, name, 'json', fromZero(replicas), RAISE);
        log.info('scaled from zero', { namespace, deployment: name, replicas });
        return true;
      } catch (error) {
        // Not at zero, or gone.
        if (ClusterError.is(error, 'Invalid') || ClusterError.is(error, 'NotFound')) return false;
        if (!ClusterError.is(error, 'Conflict') || conflicts >= MAX_CONFLICTS) throw error;
      }
    }
  }
}

/** A change of a Scale that the server refuses unless it is 0, which is a Scale that names no number: one request and no read. */
function fromZero(replicas: number): readonly JsonPatchOperation[] {
  return [
    { op: 'test', path: '/spec/replicas', value: null },
    { op: 'add', path: '/spec/replicas', value: replicas },
  ];
}
