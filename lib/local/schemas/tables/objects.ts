/** Services, their endpoints, and the plain kinds of the core group. The notation is in `core-table.ts`. */
export const objects: string = `
@ v1 io.k8s.api.core.v1
ServicePort: 1 name string; 2 protocol string =TCP; 6 appProtocol *string; 3 port! int32; 4 targetPort IntOrString;
  5 nodePort int32
ClientIPConfig: 1 timeoutSeconds *int32
SessionAffinityConfig: 1 clientIP *ClientIPConfig
ServiceSpec: 1 ports ServicePort[] map=port,protocol merge=port; 2 selector string{} atomic; 3 clusterIP string;
  18 clusterIPs string[]; 4 type string; 5 externalIPs string[]; 7 sessionAffinity string; 8 loadBalancerIP string;
  9 loadBalancerSourceRanges string[]; 10 externalName string; 11 externalTrafficPolicy string; 12 healthCheckNodePort int32;
  13 publishNotReadyAddresses bool; 14 sessionAffinityConfig *SessionAffinityConfig; 19 ipFamilies string[];
  17 ipFamilyPolicy *string; 20 allocateLoadBalancerNodePorts *bool; 21 loadBalancerClass *string;
  22 internalTrafficPolicy *string; 23 trafficDistribution *string
PortStatus: 1 port! int32; 2 protocol! string; 3 error *string
LoadBalancerIngress: 1 ip string; 2 hostname string; 3 ipMode *string; 4 ports PortStatus[]
LoadBalancerStatus: 1 ingress LoadBalancerIngress[]
ServiceStatus: 1 loadBalancer LoadBalancerStatus; 2 conditions Condition[] by=type
Service kind: 1 metadata ObjectMeta; 2 spec ServiceSpec; 3 status ServiceStatus
ConfigMap kind: 1 metadata ObjectMeta; 4 immutable *bool; 2 data string{}; 3 binaryData bytes{}
Secret kind: 1 metadata ObjectMeta; 5 immutable *bool; 2 data bytes{}; 4 stringData string{}; 3 type string
NamespaceSpec: 1 finalizers string[]
NamespaceCondition: 1 type! string; 2 status! string; 4 lastTransitionTime Time; 5 reason string; 6 message string
NamespaceStatus: 1 phase string; 2 conditions NamespaceCondition[] by=type
Namespace kind: 1 metadata ObjectMeta; 2 spec NamespaceSpec; 3 status NamespaceStatus
ObjectReference atomic: 1 kind string; 2 namespace string; 3 name string; 4 uid string; 5 apiVersion string;
  6 resourceVersion string; 7 fieldPath string
ServiceAccount kind: 1 metadata ObjectMeta; 2 secrets ObjectReference[] by=name; 3 imagePullSecrets LocalObjectReference[];
  4 automountServiceAccountToken *bool
EventSource: 1 component string; 2 host string
EventSeries: 1 count int32; 2 lastObservedTime MicroTime
Event kind: 1 metadata! ObjectMeta; 2 involvedObject! ObjectReference; 3 reason string; 4 message string; 5 source EventSource;
  6 firstTimestamp Time; 7 lastTimestamp Time; 8 count int32; 9 type string; 10 eventTime MicroTime; 11 series *EventSeries;
  12 action string; 13 related *ObjectReference; 14 reportingComponent string; 15 reportingInstance string
EndpointAddress atomic: 1 ip! string; 3 hostname string; 4 nodeName *string; 2 targetRef *ObjectReference
EndpointPort atomic: 1 name string; 2 port! int32; 3 protocol string; 4 appProtocol *string
EndpointSubset: 1 addresses EndpointAddress[]; 2 notReadyAddresses EndpointAddress[]; 3 ports EndpointPort[]
Endpoints kind: 1 metadata ObjectMeta; 2 subsets EndpointSubset[]
`;
