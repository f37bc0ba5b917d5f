import { eventingGroups, type ResourceType } from '../../api';
import { ClusterError } from '../../kube';
import type { AdmissionRefusal } from '../cluster';

const SERVING = 'validation.webhook.serving.knative.dev';
const EVENTING = 'validation.webhook.eventing.knative.dev';

/** The refusal as a cluster with Knative words it: 400, in the name of the webhook. Kinds of Kubernetes itself have no webhook. */
export function deniedByWebhook(refusal: AdmissionRefusal, { group }: ResourceType): ClusterError {
  if (!group.endsWith('.knative.dev')) return refusal;
  const webhook = eventingGroups.includes(group) ? EVENTING : SERVING;
  return new ClusterError('BadRequest', `admission webhook ${JSON.stringify(webhook)} denied the request: ${refusal.message}`);
}
