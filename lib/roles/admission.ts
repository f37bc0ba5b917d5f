import { annotations, type KubeObject, type ServingConfig, validate, validateUpdate } from '../api';
import { formatFieldErrors, jsonEqual } from '../base';
import { type Admission, AdmissionRefusal } from '../local';

const SERVING = 'serving.knative.dev/';
/** Kinds that say who made them and who changed them last, and those that say it unless another object owns them. */
const SIGNED = new Set(['Service', 'DomainMapping']);
const SIGNED_UNLESS_OWNED = new Set(['Configuration', 'Route']);

/**
 * What Knative's webhooks do on a cluster: notes who writes, and refuses what is not valid, with upstream's text. Defaults are not
 * written into objects: every plan fills them in for itself.
 */
export function admission(config: ServingConfig): Admission {
  return (object, old, _operation, user) => {
    const signed = user === undefined ? object : withUser(object, old, user);
    const errors = old ? validateUpdate(old, signed, config) : validate(signed, config);
    const refused = formatFieldErrors(errors);
    if (refused) throw new AdmissionRefusal(`validation failed: ${refused}`);
    return signed;
  };
}

function isSigned({ apiVersion, kind, metadata }: KubeObject): boolean {
  if (!apiVersion.startsWith(SERVING)) return false;
  return SIGNED.has(kind) || (SIGNED_UNLESS_OWNED.has(kind) && !metadata.ownerReferences?.length);
}

/** The object with its creator, or with the user who changes its spec. */
function withUser(object: KubeObject, old: KubeObject | undefined, user: string): KubeObject {
  if (!isSigned(object) || (old && jsonEqual(old.spec, object.spec))) return object;
  const mark = { ...(old ? {} : { [annotations.creator[0]]: user }), [annotations.lastModifier[0]]: user };
  return { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...mark } } };
}
