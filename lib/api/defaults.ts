import { defaultServingConfig, type ServingConfig } from './config';
import type { KubeObject } from './meta';

export function setDefaults<T extends KubeObject>(object: T, _config: ServingConfig = defaultServingConfig): T {
  return object;
}
