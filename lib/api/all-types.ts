import { MetricType, PodAutoscalerType } from './autoscaling';
import {
  ConfigMapType,
  DeploymentType,
  EndpointSliceType,
  EndpointsType,
  EventType,
  JobType,
  K8sServiceType,
  NamespaceType,
  PodType,
  ReplicaSetType,
  SecretType,
  ServiceAccountType,
} from './core';
import { BrokerType, EventPolicyType, EventTransformType, EventTypeType, RequestReplyType, TriggerType } from './eventing';
import { ParallelType, SequenceType } from './flows';
import { ChannelType, InMemoryChannelType, SubscriptionType } from './messaging';
import { ClusterDomainClaimType, IngressType, ServerlessServiceType } from './networking';
import { apiVersionOf, type ResourceType } from './resource-type';
import { ConfigurationType, DomainMappingType, RevisionType, RouteType, ServiceType } from './serving';
import { JobSinkType } from './sinks';
import { ApiServerSourceType, ContainerSourceType, PingSourceType, SinkBindingType } from './sources';

/** Knative's kinds that something here acts on. */
const servingTypes: readonly ResourceType[] = [
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

/** Kinds of Knative Eventing that something here acts on. */
const eventingTypes: readonly ResourceType[] = [
  BrokerType,
  TriggerType,
  EventTypeType,
  ChannelType,
  InMemoryChannelType,
  SubscriptionType,
  SequenceType,
  ParallelType,
  PingSourceType,
  SinkBindingType,
  ContainerSourceType,
  ApiServerSourceType,
  EventPolicyType,
  EventTransformType,
  RequestReplyType,
  JobSinkType,
];

/** Knative's kinds: those with a CustomResourceDefinition. */
export const knativeTypes: readonly ResourceType[] = [...servingTypes, ...eventingTypes];

/** Those of them that become ready here, and say so in a condition. */
export const readyTypes: readonly ResourceType[] = [...servingTypes, ...eventingTypes].filter(
  (type) => type !== ClusterDomainClaimType,
);

const kubernetesTypes: readonly ResourceType[] = [
  PodType,
  K8sServiceType,
  DeploymentType,
  ReplicaSetType,
  JobType,
  EndpointsType,
  EndpointSliceType,
  ConfigMapType,
  SecretType,
  NamespaceType,
  ServiceAccountType,
  EventType,
];

/** What the local cluster serves. A kind that nothing acts on is not among them: it would be accepted and ignored. */
export const servedTypes: readonly ResourceType[] = [...servingTypes, ...eventingTypes, ...kubernetesTypes];

/** Every kind that this package knows: Knative's, and those of Kubernetes that it uses. */
export const allTypes: readonly ResourceType[] = [...knativeTypes, ...kubernetesTypes];

const byKind = new Map(
  allTypes.flatMap((type) => [type, ...(type.otherVersions ?? [])]).map((type) => [`${apiVersionOf(type)}/${type.kind}`, type]),
);

/** The kind with this API version and name, if it is known. */
export function findType(apiVersion: string, kind: string): ResourceType | undefined {
  return byKind.get(`${apiVersion}/${kind}`);
}

/** As `findType`, if the local cluster serves the kind. */
export function findServedType(apiVersion: string, kind: string): ResourceType | undefined {
  const type = findType(apiVersion, kind);
  return type && servedTypes.includes(type) ? type : undefined;
}
