import {
  type Deployment,
  DeploymentType,
  LOCAL_PORTS_ANNOTATION,
  type Pod,
  PodType,
  type ReplicaSet,
  ReplicaSetType,
  type Stored,
} from '../../../../lib/api';
import { noLog, timestamp } from '../../../../lib/base';
import type { MemoryClusterOptions } from '../../../../lib/local/cluster';
import { LocalKubernetes } from '../../../../lib/local/kubernetes';
import { testCluster } from '../cluster/support';

/** Kubernetes' controllers over a cluster in virtual time, and a kubelet whose every step the test decides or leaves to `autoRun`. */
export class World {
  readonly cluster;
  readonly clock;
  readonly executor;
  readonly kubernetes: LocalKubernetes;
  #nextPort = 40_000;

  constructor(options: Partial<MemoryClusterOptions> = {}) {
    const { cluster, clock, executor } = testCluster(options);
    this.cluster = cluster;
    this.clock = clock;
    this.executor = executor;
    this.kubernetes = new LocalKubernetes({ cluster, clock, executor, log: noLog });
  }

  async start(): Promise<this> {
    await this.kubernetes.start();
    return this;
  }

  settle(): Promise<void> {
    return this.clock.settle();
  }

  /** Pods that come become ready, and pods that are to go are gone, at once. */
  autoRun(): void {
    this.cluster.watch(PodType, {}, (event) => {
      if (event.type === 'BOOKMARK' || event.type === 'DELETED') return;
      const pod = event.object;
      if (pod.metadata.deletionTimestamp) this.executor.run('kubelet', () => this.end(pod));
      else if (!pod.status?.podIP) this.executor.run('kubelet', () => this.ready(pod));
    });
  }

  async ready(pod: Stored<Pod>, ready = true): Promise<void> {
    const ports = { [LOCAL_PORTS_ANNOTATION]: JSON.stringify({ 8080: this.#nextPort++ }) };
    const mapped = pod.metadata.annotations?.[LOCAL_PORTS_ANNOTATION];
    if (!mapped)
      await this.cluster.patch(PodType, pod.metadata.namespace, pod.metadata.name, 'merge', { metadata: { annotations: ports } });
    const status: Pod['status'] = {
      phase: 'Running',
      podIP: '127.0.0.1',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: timestamp(this.clock.now()) }],
    };
    await this.cluster.patch(PodType, pod.metadata.namespace, pod.metadata.name, 'merge', { status }, { subresource: 'status' });
  }

  async end(pod: Stored<Pod>): Promise<void> {
    await this.cluster.delete(PodType, pod.metadata.namespace, pod.metadata.name, {
      gracePeriodSeconds: 0,
      uid: pod.metadata.uid,
    });
  }

  async pods(): Promise<readonly Stored<Pod>[]> {
    return (await this.cluster.list(PodType)).items;
  }

  async replicaSets(): Promise<readonly Stored<ReplicaSet>[]> {
    const { items } = await this.cluster.list(ReplicaSetType);
    return [...items].sort((a, b) => revision(a) - revision(b));
  }

  async deployment(name = 'hello'): Promise<Stored<Deployment>> {
    return (await this.cluster.get(DeploymentType, 'default', name))!;
  }

  /** `{ Progressing: ['True', 'ReplicaSetUpdated', '...'] }` of a Deployment. */
  async conditions(name = 'hello'): Promise<Record<string, readonly (string | undefined)[]>> {
    const { status } = await this.deployment(name);
    return Object.fromEntries((status?.conditions ?? []).map((c) => [c.type, [c.status, c.reason, c.message]]));
  }

  async scale(replicas: number, name = 'hello'): Promise<void> {
    await this.cluster.patch(DeploymentType, 'default', name, 'merge', { spec: { replicas } }, { subresource: 'scale' });
  }

  /** A new template: what a rollout is about. */
  async setImage(image: string, name = 'hello'): Promise<void> {
    const patch = [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: image }];
    await this.cluster.patch(DeploymentType, 'default', name, 'json', patch);
  }
}

const revision = (set: ReplicaSet): number => Number(set.metadata.annotations?.['deployment.kubernetes.io/revision']);
