import { defaultServingConfig, type ServingConfig } from './config';
import { rulesOf } from './kinds';
import type { KubeObject } from './meta';

/**
 * A copy of the object with every default of its kind filled in, as Knative's admission would; other kinds come back as they are.
 * Applying it twice is the same as once. The object must fit its schema: `validate` says whether it does.
 *
 * @param config settings of the installation; by default those of upstream with empty ConfigMaps
 */
export function setDefaults<T extends KubeObject>(object: T, config: ServingConfig = defaultServingConfig): T {
  const rules = rulesOf(object.apiVersion, object.kind);
  return rules ? (rules.setDefaults(object, config) as T) : object;
}
