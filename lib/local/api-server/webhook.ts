import { ConfigMapType, eventingGroups, type ResourceType } from '../../api';
import { ClusterError } from '../../kube';
import type { AdmissionRefusal } from '../cluster';

const SERVING = 'validation.webhook.serving.knative.dev';
const EVENTING = 'validation.webhook.eventing.knative.dev';
const EVENTING_SETTINGS = 'config.webhook.eventing.knative.dev';

const webhookOf = ({ group, kind }: ResourceType): string | undefined => {
  if (eventingGroups.includes(group)) return EVENTING;
  if (group.endsWith('.knative.dev')) return SERVING;
  return group === '' && kind === ConfigMapType.kind ? EVENTING_SETTINGS : undefined;
};

/**
 * The refusal as a cluster with Knative words it: 400, in the name of the webhook. Of Kubernetes' own kinds, webhooks look at
 * ConfigMaps alone.
 */
export function deniedByWebhook(refusal: AdmissionRefusal, type: ResourceType): ClusterError {
  const webhook = webhookOf(type);
  if (webhook === undefined) return refusal;
  return new ClusterError('BadRequest', `admission webhook ${JSON.stringify(webhook)} denied the request: ${refusal.message}`);
}
