import type { KubeObject } from './meta';
import type { ResourceType } from './resource-type';

export function crd(type: ResourceType): KubeObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${type.plural}.${type.group}` },
  };
}
