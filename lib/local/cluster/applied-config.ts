import { apiVersionOf, type KubeObject, type ResourceType } from '../../api';
import { isJsonObject } from '../../base';
import { ClusterError, type PatchOptions } from '../../kube';
import { isBuiltIn, kindSchema, schemaErrors } from '../schemas';
import { badRequest } from './refusals';
import { checkKind } from './write-rules';

/**
 * What a client applies, if it is a configuration of the object that the request names.
 *
 * @throws ClusterError BadRequest or Invalid
 */
export function appliedConfig(
  type: ResourceType,
  namespace: string | undefined,
  name: string,
  patch: unknown,
  { fieldManager }: PatchOptions,
): KubeObject {
  if (!fieldManager) {
    const why = 'fieldManager: Required value: is required for apply patch';
    throw new ClusterError('Invalid', `PatchOptions.meta.k8s.io "" is invalid: ${why}`);
  }
  if (!isJsonObject(patch) || (patch.metadata !== undefined && !isJsonObject(patch.metadata))) {
    throw badRequest('an applied configuration is an object with apiVersion, kind and metadata');
  }
  const { metadata, ...rest } = patch as unknown as KubeObject;
  const given = { name, ...(type.namespaced ? { namespace } : {}), ...metadata };
  if (given.name !== name)
    throw badRequest(`the name of the object (${given.name}) does not match the name on the URL (${name})`);
  if (type.namespaced && given.namespace !== namespace) {
    throw badRequest(`the namespace of the object (${given.namespace}) does not match the namespace on the URL (${namespace})`);
  }
  if (given.managedFields) throw badRequest('metadata.managedFields must be nil');
  const config = checkKind(type, { ...rest, metadata: given });
  const errors = isBuiltIn(type) ? schemaErrors(config, kindSchema(type)) : [];
  if (errors.length > 0) {
    const what = `${type.namespaced ? `${namespace}/` : '/'}${name}; ${type.group ? '' : '/'}${apiVersionOf(type)}, Kind=${type.kind}`;
    const text = errors.length === 1 ? errors[0] : `errors:\n${errors.map((error) => `  ${error}`).join('\n')}`;
    throw badRequest(`failed to create typed patch object (${what}): ${text}`);
  }
  return config;
}
