import { type ConfigMap, EVENTING_NAMESPACE, type EventingFeatures, type KubeObject, parseEventingFeatures } from '../../lib/api';

/** Name of the ConfigMap that says which features of Knative Eventing are on. */
export const FEATURES_MAP = 'config-features';

/** The features of Knative Eventing as these objects set them; undefined if they do not, or wrongly. */
export function declaredFeatures(objects: readonly KubeObject[]): EventingFeatures | undefined {
  const map = objects.find(({ kind, metadata: { name, namespace } }) => {
    return kind === 'ConfigMap' && name === FEATURES_MAP && namespace === EVENTING_NAMESPACE;
  });
  try {
    return map && parseEventingFeatures((map as ConfigMap).data ?? {});
  } catch {
    return undefined;
  }
}
