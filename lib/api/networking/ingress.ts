import { readyColumns } from '../columns';
import type { Ingress } from '../generated/types';
import { resourceType } from '../resource-type';

export type {
  HeaderMatch,
  HTTPIngressPath,
  HTTPIngressRuleValue,
  Ingress,
  IngressBackendSplit,
  IngressRule,
  IngressSpec,
  IngressStatus,
  IngressTLS,
  LoadBalancerIngressStatus,
  LoadBalancerStatus,
} from '../generated/types';

/** What the front door is programmed with. */
export const IngressType = resourceType<Ingress>('networking.internal.knative.dev/v1alpha1', 'Ingress', 'ingresses', {
  shortNames: ['kingress', 'king'],
  categories: ['knative-internal', 'networking'],
  columns: readyColumns,
});
