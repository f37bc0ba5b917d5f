import { type KubeObject, type ServingConfig, validate, validateUpdate } from '../api';
import { formatFieldErrors } from '../base';
import { ClusterError } from '../kube';

/**
 * What Knative's webhooks do on a cluster: refuses what is not valid, with upstream's text. Defaults are not written into
 * objects: every plan fills them in for itself.
 */
export function admission(config: ServingConfig): (object: KubeObject, old: KubeObject | undefined) => KubeObject {
  return (object, old) => {
    const errors = [...validate(object, config), ...(old ? validateUpdate(old, object, config) : [])];
    const refused = formatFieldErrors(errors);
    if (refused) throw new ClusterError('Invalid', `validation failed: ${refused}`);
    return object;
  };
}
