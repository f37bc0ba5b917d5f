/** Kinds of the other groups: workloads, slices, leases, scales, roles. The notation is in `core-table.ts`. */
export const workloads: string = `
@ apps/v1 io.k8s.api.apps.v1
RollingUpdateDeployment: 1 maxUnavailable *IntOrString; 2 maxSurge *IntOrString
DeploymentStrategy: 1 type string; 2 rollingUpdate *RollingUpdateDeployment
DeploymentSpec: 1 replicas *int32; 2 selector! *LabelSelector; 3 template! PodTemplateSpec;
  4 strategy DeploymentStrategy retain; 5 minReadySeconds int32; 6 revisionHistoryLimit *int32; 7 paused bool;
  9 progressDeadlineSeconds *int32
DeploymentCondition: 1 type! string; 2 status! string; 6 lastUpdateTime Time; 7 lastTransitionTime Time; 4 reason string;
  5 message string
DeploymentStatus: 1 observedGeneration int64; 2 replicas int32; 3 updatedReplicas int32; 7 readyReplicas int32;
  4 availableReplicas int32; 5 unavailableReplicas int32; 9 terminatingReplicas *int32;
  6 conditions DeploymentCondition[] by=type; 8 collisionCount *int32
Deployment kind: 1 metadata ObjectMeta; 2 spec DeploymentSpec; 3 status DeploymentStatus
ReplicaSetSpec: 1 replicas *int32; 4 minReadySeconds int32; 2 selector! *LabelSelector; 3 template PodTemplateSpec
ReplicaSetCondition: 1 type! string; 2 status! string; 3 lastTransitionTime Time; 4 reason string; 5 message string
ReplicaSetStatus: 1 replicas! int32; 2 fullyLabeledReplicas int32; 4 readyReplicas int32; 5 availableReplicas int32;
  7 terminatingReplicas *int32; 3 observedGeneration int64; 6 conditions ReplicaSetCondition[] by=type
ReplicaSet kind: 1 metadata ObjectMeta; 2 spec ReplicaSetSpec; 3 status ReplicaSetStatus
@ batch/v1 io.k8s.api.batch.v1
PodFailurePolicyOnExitCodesRequirement: 1 containerName *string; 2 operator! string; 3 values! int32[] set
PodFailurePolicyOnPodConditionsPattern: 1 type! string; 2 status! string
PodFailurePolicyRule: 1 action! string; 2 onExitCodes *PodFailurePolicyOnExitCodesRequirement;
  3 onPodConditions PodFailurePolicyOnPodConditionsPattern[]
PodFailurePolicy: 1 rules! PodFailurePolicyRule[]
SuccessPolicyRule: 1 succeededIndexes *string; 2 succeededCount *int32
SuccessPolicy: 1 rules! SuccessPolicyRule[]
JobSpec: 1 parallelism *int32; 2 completions *int32; 3 activeDeadlineSeconds *int64; 11 podFailurePolicy *PodFailurePolicy;
  16 successPolicy *SuccessPolicy; 7 backoffLimit *int32; 12 backoffLimitPerIndex *int32; 13 maxFailedIndexes *int32;
  4 selector *LabelSelector; 5 manualSelector *bool; 6 template! PodTemplateSpec; 8 ttlSecondsAfterFinished *int32;
  9 completionMode *string; 10 suspend *bool; 14 podReplacementPolicy *string; 15 managedBy *string
JobCondition: 1 type! string; 2 status! string; 3 lastProbeTime Time; 4 lastTransitionTime Time; 5 reason string;
  6 message string
UncountedTerminatedPods: 1 succeeded string[] set; 2 failed string[] set
JobStatus: 1 conditions JobCondition[] merge=type; 2 startTime *Time; 3 completionTime *Time; 4 active int32; 5 succeeded int32;
  6 failed int32; 11 terminating *int32; 7 completedIndexes string; 10 failedIndexes *string;
  8 uncountedTerminatedPods *UncountedTerminatedPods; 9 ready *int32
Job kind: 1 metadata ObjectMeta; 2 spec JobSpec; 3 status JobStatus
@ discovery.k8s.io/v1 io.k8s.api.discovery.v1
EndpointConditions: 1 ready *bool; 2 serving *bool; 3 terminating *bool
ForZone: 1 name! string
ForNode: 1 name! string
EndpointHints: 1 forZones ForZone[]; 2 forNodes ForNode[]
Endpoint: 1 addresses! string[] set; 2 conditions EndpointConditions; 3 hostname *string; 4 targetRef *ObjectReference;
  5 deprecatedTopology string{}; 6 nodeName *string; 7 zone *string; 8 hints *EndpointHints
EndpointPort atomic: 1 name *string; 2 protocol *string; 3 port *int32; 4 appProtocol *string
EndpointSlice kind: 1 metadata ObjectMeta; 4 addressType! string; 2 endpoints! Endpoint[]; 3 ports EndpointPort[]
@ coordination.k8s.io/v1 io.k8s.api.coordination.v1
LeaseSpec: 1 holderIdentity *string; 2 leaseDurationSeconds *int32; 3 acquireTime *MicroTime; 4 renewTime *MicroTime;
  5 leaseTransitions *int32; 6 strategy *string; 7 preferredHolder *string
Lease kind: 1 metadata ObjectMeta; 2 spec LeaseSpec
@ autoscaling/v1 io.k8s.api.autoscaling.v1
ScaleSpec: 1 replicas int32
ScaleStatus: 1 replicas! int32; 2 selector string
Scale kind: 1 metadata ObjectMeta; 2 spec ScaleSpec; 3 status ScaleStatus
@ rbac.authorization.k8s.io/v1 io.k8s.api.rbac.v1
PolicyRule: 1 verbs! string[]; 2 apiGroups string[]; 3 resources string[]; 4 resourceNames string[]; 5 nonResourceURLs string[]
Role kind: 1 metadata ObjectMeta; 2 rules PolicyRule[]
Subject atomic: 1 kind! string; 2 apiGroup string; 3 name! string; 4 namespace string
RoleRef atomic: 1 apiGroup! string; 2 kind! string; 3 name! string
RoleBinding kind: 1 metadata ObjectMeta; 2 subjects Subject[]; 3 roleRef! RoleRef
AggregationRule: 1 clusterRoleSelectors LabelSelector[]
ClusterRole kind: 1 metadata ObjectMeta; 2 rules PolicyRule[]; 3 aggregationRule *AggregationRule
ClusterRoleBinding kind: 1 metadata ObjectMeta; 2 subjects Subject[]; 3 roleRef! RoleRef
`;
