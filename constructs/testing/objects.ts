import { ApiObject, type App, type Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { findType, type KubeObject } from '../../lib/api';
import { KncError } from '../../lib/base';
import { DEFAULT_NAMESPACE } from './stub';

/**
 * The objects of a chart or an app as they would be written, with namespace `default` where they name none. Validates the tree
 * first, as `App.synth` does, and lists everything that is wrong.
 * @throws KncError KNC1001
 */
export function objectsOf(scope: App | Chart | Construct): KubeObject[] {
  const tree = scope.node.findAll();
  const errors = tree.flatMap(({ node }) => node.validate().map((message) => `[${node.path}] ${message}`));
  if (errors.length > 0) throw new KncError('KNC1001', errors.join('\n'), { where: scope.node.path });
  return tree.filter((construct) => construct instanceof ApiObject).map((object) => withNamespace(object.toJson() as KubeObject));
}

function withNamespace(object: KubeObject): KubeObject {
  const namespaced = findType(object.apiVersion, object.kind)?.namespaced ?? false;
  if (!namespaced || object.metadata.namespace) return object;
  return { ...object, metadata: { ...object.metadata, namespace: DEFAULT_NAMESPACE } };
}
