import type { KubeObject, ResourceType } from '../../api';
import { isJsonObject, type JsonObject, mergePatch } from '../../base';
import type { PatchOptions, PatchType } from '../../kube';
import { isBuiltIn, kindSchema, type ObjectSchema, pruned } from '../schemas';
import { jsonPatch } from './json-patch';
import type { AnyStored } from './object-table';
import { badRequest, noStrategicMerge, noSuchResource } from './refusals';
import { strategicMerge } from './strategic';

/** What the scale subresource reads of an object. */
interface Scaled {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number };
}

/**
 * The object that a patch makes of `old`. Its resourceVersion is that which the patch itself gives, for the check that follows:
 * a patch that names none goes through whatever the version is.
 */
export function patched(
  type: ResourceType,
  old: AnyStored,
  patchType: Exclude<PatchType, 'apply'>,
  patch: unknown,
  subresource: PatchOptions['subresource'],
): KubeObject {
  if (patchType === 'strategic' && !isBuiltIn(type)) throw noStrategicMerge();
  const change = patchType === 'json' ? jsonPatch : patchType === 'merge' ? mergePatch : strategic(kindSchema(type));
  if (subresource !== 'scale') return withoutUnknown(type, checked(old, change(old, patch)));
  if (!type.scaleSubresource) throw noSuchResource();
  const scale = checked(old, change(scaleOf(old), patch));
  const replicas = (scale.spec as { replicas?: unknown } | undefined)?.replicas ?? 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas)) {
    throw badRequest(
      `Scale in version "v1" cannot be handled as a Scale: spec.replicas: ${JSON.stringify(replicas)} is not an integer`,
    );
  }
  const { resourceVersion } = scale.metadata;
  return { ...old, metadata: { ...old.metadata, resourceVersion }, spec: { ...(old as Scaled).spec, replicas } } as KubeObject;
}

const strategic =
  (schema: ObjectSchema | undefined) =>
  (old: unknown, patch: unknown): unknown => {
    if (!isJsonObject(patch)) throw badRequest('invalid JSON document');
    return strategicMerge(old as JsonObject, patch, schema);
  };

/** Kinds of Kubernetes itself drop fields that they do not have; the others' are refused by their own rules. */
function withoutUnknown(type: ResourceType, object: KubeObject): KubeObject {
  return isBuiltIn(type) ? (pruned(object, kindSchema(type)) as KubeObject) : object;
}

/** The autoscaling/v1 Scale of an object; as in Kubernetes it does not name a number of replicas that is 0. */
function scaleOf(object: AnyStored): KubeObject {
  const { spec, status } = object as Scaled;
  const replicas = spec?.replicas ?? 1;
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: object.metadata,
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: status?.replicas ?? 0 },
  };
}

function checked(old: AnyStored, result: unknown): KubeObject {
  const object = result as KubeObject;
  if (typeof object !== 'object' || object === null || typeof object.metadata !== 'object') {
    throw badRequest('the patch leaves no object');
  }
  const { name, namespace } = object.metadata;
  if (name !== old.metadata.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${old.metadata.name})`);
  }
  if (namespace !== old.metadata.namespace) {
    throw badRequest(
      `the namespace of the object (${namespace}) does not match the namespace on the URL (${old.metadata.namespace})`,
    );
  }
  return object;
}
