import { type ConfigMap, ConfigMapType, EVENTING_NAMESPACE, EventPolicyType, parseEventingFeatures } from '../../api';
import type { Cluster } from '../../kube';
import type { CheckedObject } from '../input/check-objects';

const FEATURES = 'config-features';

/**
 * EventPolicies count where the feature authentication-oidc is on; elsewhere an API server refuses them, as upstream's does. So they are
 * left out where neither these objects nor the cluster switch it on.
 */
export async function withoutIdlePolicies(
  cluster: Cluster,
  objects: readonly CheckedObject[],
): Promise<{ readonly objects: readonly CheckedObject[]; readonly idle: readonly CheckedObject[] }> {
  const idle = objects.filter(({ type }) => type === EventPolicyType);
  if (idle.length === 0 || isOn(await featuresIn(cluster, objects))) return { objects, idle: [] };
  return { objects: objects.filter((object) => !idle.includes(object)), idle };
}

async function featuresIn(cluster: Cluster, objects: readonly CheckedObject[]): Promise<ConfigMap | undefined> {
  const own = objects.find(
    ({ type, object: { metadata } }) =>
      type === ConfigMapType && metadata.namespace === EVENTING_NAMESPACE && metadata.name === FEATURES,
  );
  return (own?.object as ConfigMap | undefined) ?? (await cluster.get(ConfigMapType, EVENTING_NAMESPACE, FEATURES));
}

function isOn(map: ConfigMap | undefined): boolean {
  try {
    return parseEventingFeatures(map?.data ?? {}).authenticationOidc;
  } catch {
    return true; // the settings are refused, which is told by itself
  }
}
