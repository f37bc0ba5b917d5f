import { MetricType, PodAutoscalerType } from './autoscaling';
import {
  ConfigMapType,
  DeploymentType,
  EndpointSliceType,
  EndpointsType,
  EventType,
  K8sServiceType,
  NamespaceType,
  PodType,
  ReplicaSetType,
  SecretType,
  ServiceAccountType,
} from './core';
import { ClusterDomainClaimType, IngressType, ServerlessServiceType } from './networking';
import { apiVersionOf, type ResourceType } from './resource-type';
import { ConfigurationType, DomainMappingType, RevisionType, RouteType, ServiceType } from './serving';

/** Knative's kinds: those with a CustomResourceDefinition. */
export const knativeTypes: readonly ResourceType[] = [
  ServiceType,
  ConfigurationType,
  RevisionType,
  RouteType,
  PodAutoscalerType,
  MetricType,
  IngressType,
  ServerlessServiceType,
  DomainMappingType,
  ClusterDomainClaimType,
];

/** Those of them that become ready, and say so in a condition. */
export const readyTypes: readonly ResourceType[] = knativeTypes.filter((type) => type !== ClusterDomainClaimType);

/** Every kind that this package knows: Knative's, and those of Kubernetes that it uses. */
export const allTypes: readonly ResourceType[] = [
  ...knativeTypes,
  PodType,
  K8sServiceType,
  DeploymentType,
  ReplicaSetType,
  EndpointsType,
  EndpointSliceType,
  ConfigMapType,
  SecretType,
  NamespaceType,
  ServiceAccountType,
  EventType,
];

const byKind = new Map(allTypes.map((type) => [`${apiVersionOf(type)}/${type.kind}`, type]));

/** The kind with this API version and name, if it is known. */
export function findType(apiVersion: string, kind: string): ResourceType | undefined {
  return byKind.get(`${apiVersion}/${kind}`);
}
