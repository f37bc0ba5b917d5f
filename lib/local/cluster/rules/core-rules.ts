import {
  DeploymentType,
  JobType,
  type K8sService,
  K8sServiceType,
  type KubeObject,
  type Namespace,
  NamespaceType,
  PodType,
  ReplicaSetType,
  type ResourceType,
  type Secret,
  SecretType,
  typeKey,
} from '../../../api';
import type { Random } from '../../../base';
import type { ObjectSpace } from '../object-space';
import { ClusterIps } from './cluster-ips';
import { filled } from './filled';
import { jobDefaults } from './job-rules';
import { podDefaults } from './pod-rules';
import { serviceDefaults } from './service-rules';
import { deploymentDefaults, replicaSetDefaults } from './workload-rules';

type Rule = (object: KubeObject, old: KubeObject | undefined) => KubeObject;

/** What the API server does by itself to objects of Kubernetes' own kinds when they are written. */
export class CoreRules {
  readonly #rules: ReadonlyMap<string, Rule>;

  constructor(space: ObjectSpace, random: Random) {
    const ips = new ClusterIps(random);
    const serviceKey = typeKey(K8sServiceType);
    space.onCommit((type, previous, next) => {
      if (typeKey(type) === serviceKey) ips.follow(previous as K8sService | undefined, next as K8sService | undefined);
    });
    const services = space.tableOf('v1', 'Service');
    for (const service of services?.list() ?? []) ips.follow(undefined, service as unknown as K8sService);

    const rule = <T extends KubeObject>(type: ResourceType<T>, apply: (object: T, old: T | undefined) => T): [string, Rule] => [
      typeKey(type),
      (object, old) => apply(object as T, old as T | undefined),
    ];
    this.#rules = new Map([
      rule(PodType, podDefaults),
      rule(DeploymentType, deploymentDefaults),
      rule(ReplicaSetType, replicaSetDefaults),
      rule(JobType, jobDefaults),
      rule(K8sServiceType, (service, old) => serviceDefaults(service, old, ips)),
      rule(SecretType, secretDefaults),
      rule(NamespaceType, namespaceDefaults),
    ]);
  }

  apply<T extends KubeObject>(type: ResourceType, object: T, old: KubeObject | undefined): T {
    return (this.#rules.get(typeKey(type))?.(object, old) ?? object) as T;
  }
}

/** Values given in clear move to `data`, where they take the place of what stood there. */
function secretDefaults(secret: Secret): Secret {
  const { stringData, ...rest } = filled(secret, { type: 'Opaque' });
  if (!stringData) return rest;
  const encoded = Object.entries(stringData).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  return { ...rest, data: { ...rest.data, ...Object.fromEntries(encoded) } };
}

function namespaceDefaults(namespace: Namespace, old: Namespace | undefined): Namespace {
  const { metadata } = namespace;
  const labels = filled({ ...metadata.labels }, { 'kubernetes.io/metadata.name': metadata.name ?? '' });
  const result = { ...namespace, metadata: { ...metadata, labels } };
  return old ? { ...result, spec: old.spec } : { ...result, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } };
}
