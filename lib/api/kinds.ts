import { MetricType, metricRules } from './autoscaling/metric';
import { PodAutoscalerType, podAutoscalerRules } from './autoscaling/pod-autoscaler';
import type { KindRules } from './kind-rules';
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

/** The rules of one of Knative's kinds. */
export function rulesOf(apiVersion: string, kind: string): KindRules | undefined {
  return rulesByKind.get(`${apiVersion}/${kind}`);
}
