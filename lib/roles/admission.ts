import {
  annotations,
  ConfigurationType,
  DomainMappingType,
  findType,
  type KubeObject,
  RouteType,
  ServiceType,
  type ServingConfig,
  validate,
  validateUpdate,
} from '../api';
import { formatFieldErrors, jsonEqual } from '../base';
import { ClusterError } from '../kube';
import type { Admission } from '../local';

/** Kinds that say who made them and who changed them last; those that another object owns do not. */
const SIGNED = { always: [ServiceType, DomainMappingType], unlessOwned: [ConfigurationType, RouteType] };

/**
 * What Knative's webhooks do on a cluster: notes who writes, and refuses what is not valid, with upstream's text. Defaults are not
 * written into objects: every plan fills them in for itself.
 */
export function admission(config: ServingConfig): Admission {
  return (object, old, _operation, user) => {
    const signed = user === undefined ? object : withUser(object, old, user);
    const errors = [...validate(signed, config), ...(old ? validateUpdate(old, signed, config) : [])];
    const refused = formatFieldErrors(errors);
    if (refused) throw new ClusterError('Invalid', `validation failed: ${refused}`);
    return signed;
  };
}

/** The object with its creator, or with the user who changes its spec. */
function withUser(object: KubeObject, old: KubeObject | undefined, user: string): KubeObject {
  const type = findType(object.apiVersion, object.kind);
  const isSigned =
    type !== undefined &&
    (SIGNED.always.includes(type as never) ||
      (SIGNED.unlessOwned.includes(type as never) && !object.metadata.ownerReferences?.length));
  if (!isSigned || (old && jsonEqual(old.spec, object.spec))) return object;
  const mark = { ...(old ? {} : { [annotations.creator[0]]: user }), [annotations.lastModifier[0]]: user };
  return { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...mark } } };
}
