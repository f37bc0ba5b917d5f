import { ADMISSION_GROUP, type KubeObject, resourceType } from '../../api';

/** Whom an API server asks about which objects. */
export interface MutatingWebhookConfiguration extends KubeObject {
  readonly webhooks?: readonly {
    readonly name: string;
    readonly clientConfig?: { readonly caBundle?: string; readonly service?: object };
  }[];
}

export const MutatingWebhookConfigurationType = resourceType<MutatingWebhookConfiguration>(
  `${ADMISSION_GROUP}/v1`,
  'MutatingWebhookConfiguration',
  'mutatingwebhookconfigurations',
  { namespaced: false, statusSubresource: false },
);
