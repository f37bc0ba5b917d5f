import { MetricType, metricRules } from './autoscaling/metric';
import { PodAutoscalerType, podAutoscalerRules } from './autoscaling/pod-autoscaler';
import { BrokerType, brokerRules } from './eventing/broker';
import { EventPolicyType, eventPolicyRules } from './eventing/event-policy';
import { EventTransformType, eventTransformRules } from './eventing/event-transform';
import { EventTypeType, EventTypeV1beta2Type, eventTypeRules, eventTypeV1beta2Rules } from './eventing/event-type';
import { RequestReplyType, requestReplyRules } from './eventing/request-reply';
import { TriggerType, triggerRules } from './eventing/trigger';
import { ParallelType, parallelRules } from './flows/parallel';
import { SequenceType, sequenceRules } from './flows/sequence';
import type { KindRules } from './kind-rules';
import { ChannelType, channelRules } from './messaging/channel';
import { InMemoryChannelType, inMemoryChannelRules } from './messaging/in-memory-channel';
import { SubscriptionType, subscriptionRules } from './messaging/subscription';
import type { KubeObject } from './meta';
import { ClusterDomainClaimType, clusterDomainClaimRules } from './networking/cluster-domain-claim';
import { IngressType, ingressRules } from './networking/ingress';
import { ServerlessServiceType, serverlessServiceRules } from './networking/serverless-service';
import { apiVersionOf, type ResourceType } from './resource-type';
import { ConfigurationType, configurationRules } from './serving/configuration';
import { DomainMappingType, domainMappingRules } from './serving/domain-mapping';
import { RevisionType, revisionRules } from './serving/revision';
import { RouteType, routeRules } from './serving/route';
import { ServiceType, serviceRules } from './serving/service';
import { JobSinkType, jobSinkRules } from './sinks/job-sink';
import { ApiServerSourceType, apiServerSourceRules } from './sources/api-server-source';
import { ContainerSourceType, containerSourceRules } from './sources/container-source';
import { PingSourceType, pingSourceRules } from './sources/ping-source';
import { SinkBindingType, sinkBindingRules } from './sources/sink-binding';

const rulesByKind = new Map<string, KindRules>();

function register<T extends KubeObject>(type: ResourceType<T>, rules: KindRules<T>): void {
  // The table is asked by apiVersion and kind, so the rules only ever see objects of their own kind.
  rulesByKind.set(`${apiVersionOf(type)}/${type.kind}`, rules as unknown as KindRules);
}

register(ServiceType, serviceRules);
register(ConfigurationType, configurationRules);
register(RevisionType, revisionRules);
register(RouteType, routeRules);
register(PodAutoscalerType, podAutoscalerRules);
register(MetricType, metricRules);
register(IngressType, ingressRules);
register(ServerlessServiceType, serverlessServiceRules);
register(DomainMappingType, domainMappingRules);
register(ClusterDomainClaimType, clusterDomainClaimRules);
register(BrokerType, brokerRules);
register(EventPolicyType, eventPolicyRules);
register(EventTransformType, eventTransformRules);
register(RequestReplyType, requestReplyRules);
register(TriggerType, triggerRules);
register(ParallelType, parallelRules);
register(SequenceType, sequenceRules);
register(ChannelType, channelRules);
register(InMemoryChannelType, inMemoryChannelRules);
register(SubscriptionType, subscriptionRules);
register(JobSinkType, jobSinkRules);
register(ApiServerSourceType, apiServerSourceRules);
register(ContainerSourceType, containerSourceRules);
register(PingSourceType, pingSourceRules);
register(SinkBindingType, sinkBindingRules);
register(EventTypeType, eventTypeRules);
register(EventTypeV1beta2Type, eventTypeV1beta2Rules);

/** The rules of one of Knative's kinds. */
export function rulesOf(apiVersion: string, kind: string): KindRules | undefined {
  return rulesByKind.get(`${apiVersion}/${kind}`);
}
