import {
  type ConfigMap,
  ConfigMapType,
  type Deployment,
  DeploymentType,
  type KubeObject,
  NamespaceType,
  type ResourceType,
  type Stored,
} from '../../lib/api';
import type { Cluster, ClusterError, ClusterErrorReason, WatchOptions } from '../../lib/kube';
import { configMap, deployment } from './objects';
import { Observer } from './observer';

/** A cluster for one test, and the name of a namespace in it that nothing else uses; it is made if it is not there. */
export interface ContractSubject {
  readonly cluster: Cluster;
  readonly namespace: string;
  /** Waits until controllers of the cluster leave the object alone. @default there are none */
  settled?<T extends KubeObject>(type: ResourceType<T>, object: Stored<T>): Promise<Stored<T>>;
  close(): Promise<void>;
}

/** The subject of the test that runs, with what all tests of the contract do to it. */
export class ContractContext {
  #subject: ContractSubject | undefined;

  constructor(private readonly makeSubject: () => Promise<ContractSubject>) {}

  async open(): Promise<void> {
    this.#subject = await this.makeSubject();
    const { cluster, namespace } = this.#subject;
    if (await cluster.get(NamespaceType, undefined, namespace)) return;
    await cluster.create(NamespaceType, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  }

  close(): Promise<void> {
    return this.#subject!.close();
  }

  get cluster(): Cluster {
    return this.#subject!.cluster;
  }

  get namespace(): string {
    return this.#subject!.namespace;
  }

  add(name: string, more: Partial<ConfigMap> = {}): Promise<Stored<ConfigMap>> {
    return this.cluster.create(ConfigMapType, configMap(this.namespace, name, more));
  }

  /** The Deployment as it is once whoever else writes to it has done so. */
  async deployed(name: string): Promise<Stored<Deployment>> {
    const created = await this.cluster.create(DeploymentType, deployment(this.namespace, name));
    return this.#subject!.settled?.(DeploymentType, created) ?? created;
  }

  /** A watch that has begun: what existed is seen, and every later change will be. */
  async observe<T extends KubeObject>(type: ResourceType<T>, options: WatchOptions = {}): Promise<Observer<T>> {
    const observer = new Observer(this.cluster, type, { namespace: this.namespace, ...options });
    if (options.resourceVersion === undefined) await observer.begun();
    return observer;
  }
}

/** The object as it is written whatever was written meanwhile: a real cluster has controllers of its own. */
export function atAnyVersion<T extends KubeObject>({ metadata, ...object }: Stored<T>): T {
  const { resourceVersion: _, ...rest } = metadata;
  return { ...object, metadata: rest } as unknown as T;
}

export const names = (objects: readonly Stored<KubeObject>[]): string[] => objects.map((object) => object.metadata.name);

/** A kube-apiserver calls some mistakes of a client's its own. */
export const BAD: readonly ClusterErrorReason[] = ['BadRequest', 'InternalError'];

/** Expects that a ClusterError refuses the work. */
export async function refused(
  reason: ClusterErrorReason | readonly ClusterErrorReason[],
  work: Promise<unknown>,
  message?: string | RegExp,
): Promise<void> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ name: 'ClusterError' });
  expect([reason].flat()).toContain((error as ClusterError).reason);
  const text = (error as Error).message;
  if (typeof message === 'string') expect(text).toBe(message);
  else if (message) expect(text).toMatch(message);
}
