import { parse } from 'yaml';
import {
  type ConfigMaps,
  ConfigMapType,
  DeploymentType,
  defaultServingConfig,
  EVENTING_NAMESPACE,
  eventingConfigMaps,
  K8sServiceType,
  type KubeObject,
  knativeTypes,
  parseEventingConfig,
  parseServingConfig,
  type ResourceType,
  SERVING_NAMESPACE,
  ServiceType,
  type ServingConfig,
  type Stored,
  servedTypes,
  typeKey,
} from '../../api';
import { errorMessage } from '../../base';
import { type Cluster, ClusterError } from '../../kube';
import { localServingConfig } from '../../roles';
import type { CheckedObject } from '../input/check-objects';

/** What is there now, as far as the input could touch it. */
export interface LiveObjects {
  readonly objects: readonly Stored<KubeObject>[];
  /** What could not be looked at, and what that means. */
  readonly warnings: readonly string[];
}

/** Kinds that controllers read and make; pods and what follows them are made anew in the preview. */
const KINDS: readonly ResourceType[] = [
  ...servedTypes.filter((type) => knativeTypes.includes(type)),
  DeploymentType,
  K8sServiceType,
];
const SETTINGS = ['autoscaler', 'defaults', 'deployment', 'domain', 'features', 'gc', 'network'].map((name) => `config-${name}`);

/** Reads the objects of our kinds in the namespaces of the input, and the objects of the input themselves. Writes nothing. */
export async function readLive(cluster: Cluster, input: readonly CheckedObject[]): Promise<LiveObjects> {
  const namespaces = [...new Set(input.flatMap(({ object }) => object.metadata.namespace ?? []))];
  const warnings: string[] = [];
  const listed = new Set(KINDS.map(typeKey));
  const lists = KINDS.flatMap((type) =>
    (type.namespaced ? namespaces : [undefined]).map((namespace) => listOf(cluster, type, namespace, warnings)),
  );
  const single = input.filter(({ type }) => !listed.has(typeKey(type)));
  const gets = single.map(async ({ type, object }) => {
    const found = await cluster.get(type, object.metadata.namespace, object.metadata.name ?? '');
    return found ? [found as Stored<KubeObject>] : [];
  });
  return { objects: (await Promise.all([...lists, ...gets])).flat(), warnings };
}

async function listOf(
  cluster: Cluster,
  type: ResourceType,
  namespace: string | undefined,
  warnings: string[],
): Promise<readonly Stored<KubeObject>[]> {
  try {
    return (await cluster.list(type, namespace === undefined ? {} : { namespace })).items as readonly Stored<KubeObject>[];
  } catch (error) {
    const name = `${type.plural}.${type.group}`;
    if (ClusterError.is(error, 'NotFound')) {
      if (type === ServiceType)
        warnings.push(`the cluster does not serve ${name}: install it first, as with \`knc crds | kubectl apply -f -\``);
      return [];
    }
    if (!ClusterError.is(error, 'Forbidden')) throw error;
    warnings.push(`${type.plural} of namespace ${namespace ?? 'all'} are not looked at: ${error.message}`);
    return [];
  }
}

const parseYaml = (text: string): unknown => parse(text) as unknown;

async function mapsOf(cluster: Cluster, namespace: string, names: readonly string[]): Promise<ConfigMaps> {
  const get = async (name: string) => [name, (await cluster.get(ConfigMapType, namespace, name))?.data] as const;
  return Object.fromEntries(await Promise.all(names.map(get)));
}

/** The settings of the installation: those of a laptop, or what the ConfigMaps of namespace knative-serving say; and knative-eventing's. */
export async function readConfig(cluster: Cluster, local: boolean, warnings: string[]): Promise<ServingConfig> {
  try {
    const serving = local
      ? localServingConfig
      : parseServingConfig(await mapsOf(cluster, SERVING_NAMESPACE, SETTINGS), { parseYaml });
    const eventing = parseEventingConfig(
      await mapsOf(cluster, EVENTING_NAMESPACE, eventingConfigMaps),
      parseYaml,
      serving.eventing,
    );
    return { ...serving, eventing };
  } catch (error) {
    if (!ClusterError.is(error, 'Forbidden') && !(error instanceof Error && error.name === 'KncError')) throw error;
    warnings.push(`the installation's settings are not known, upstream's defaults are assumed: ${errorMessage(error)}`);
    return local ? localServingConfig : defaultServingConfig;
  }
}
