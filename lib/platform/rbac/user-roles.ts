import {
  ClusterDomainClaimType,
  IngressType,
  knativeTypes,
  MetricType,
  PodAutoscalerType,
  type ResourceType,
  ServerlessServiceType,
} from '../../api';
import { type Grant, over, type Verb } from './grant';

/** Kinds that controllers make; people look at them and no more. */
const internal: readonly ResourceType[] = [
  PodAutoscalerType,
  MetricType,
  IngressType,
  ServerlessServiceType,
  ClusterDomainClaimType,
];
const WRITE: readonly Verb[] = ['create', 'update', 'patch', 'delete'];

/** What people with the cluster's role `view` may do with Knative's objects in their namespaces. */
export const viewGrants: readonly Grant[] = over(
  knativeTypes.filter(({ namespaced }) => namespaced),
  ['get', 'list', 'watch'],
  'the cluster role view includes it',
);

/** What people with `edit` or `admin` may do beside that. Ingresses and the like are written by controllers alone. */
export const editGrants: readonly Grant[] = over(
  knativeTypes.filter((type) => type.namespaced && !internal.includes(type)),
  WRITE,
  'the cluster roles edit and admin include it',
);
