import { ConfigMapType, eventingGroups, type ResourceType, WEBHOOKS } from '../../api';
import { ClusterError } from '../../kube';
import type { AdmissionRefusal } from '../cluster';

const webhookOf = ({ group, kind }: ResourceType): string | undefined => {
  if (eventingGroups.includes(group)) return WEBHOOKS.eventing;
  if (group.endsWith('.knative.dev')) return WEBHOOKS.serving;
  return group === '' && kind === ConfigMapType.kind ? WEBHOOKS.settings : undefined;
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
