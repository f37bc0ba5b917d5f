import { ClusterError } from '../../kube';

/**
 * An object that whoever looks at objects before they are stored does not let in. An API server says so in the name of the webhook
 * that would have refused it on a cluster; in this process the reason alone is told.
 */
export class AdmissionRefusal extends ClusterError {
  constructor(message: string) {
    super('Invalid', message);
  }
}
