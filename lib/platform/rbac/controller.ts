import {
  ADMISSION_GROUP,
  ApiServerSourceType,
  BrokerType,
  ChannelType,
  ClusterDomainClaimType,
  ConfigurationType,
  ContainerSourceType,
  DomainMappingType,
  EventPolicyType,
  EventTransformType,
  EventTypeType,
  INSTALLATION,
  IngressType,
  InMemoryChannelType,
  JobSinkType,
  MetricType,
  ParallelType,
  PingSourceType,
  PodAutoscalerType,
  RequestReplyType,
  type ResourceType,
  RevisionType,
  RouteType,
  SequenceType,
  ServerlessServiceType,
  ServiceType,
  SINK_BINDING_POLICIES,
  SinkBindingType,
  SubscriptionType,
  TriggerType,
} from '../../api';
import { FOLLOW, type Grant, over } from './grant';
import type { RbacNeeds } from './needs';

const made = [PodAutoscalerType, MetricType, IngressType, ServerlessServiceType];
const serving: readonly ResourceType[] = [ServiceType, ConfigurationType, RouteType, RevisionType, DomainMappingType, ...made];
const flows: readonly ResourceType[] = [ChannelType, InMemoryChannelType, SubscriptionType];
const eventing: readonly ResourceType[] = [
  ...[BrokerType, TriggerType, EventTypeType, ...flows, SequenceType, ParallelType, PingSourceType, ApiServerSourceType],
  ...[ContainerSourceType, SinkBindingType, EventPolicyType, EventTransformType, RequestReplyType, JobSinkType],
];
/** Those that own what is made for them. */
const servingOwners = [
  ServiceType,
  ConfigurationType,
  RouteType,
  RevisionType,
  DomainMappingType,
  PodAutoscalerType,
  ServerlessServiceType,
];
const eventingOwners = [
  ...[InMemoryChannelType, ChannelType, SequenceType, ParallelType, ContainerSourceType, EventTransformType],
  ...[RequestReplyType, TriggerType, SubscriptionType],
];

const core = (resources: readonly string[], verbs: Grant['verbs'], why: string): Grant => ({ group: '', resources, verbs, why });

function ofServing({ pullSecrets }: RbacNeeds): Grant[] {
  return [
    ...over([...serving, ClusterDomainClaimType], FOLLOW, 'plans are made again when one of them changes'),
    ...over(serving, ['update'], 'conditions and addresses', '/status'),
    ...over(
      [ConfigurationType, RouteType, ...made],
      ['create', 'update'],
      'a Service has a Configuration and a Route; revisions and routes have these',
    ),
    ...over(
      [ClusterDomainClaimType],
      ['create', 'update', 'delete'],
      'a DomainMapping claims its domain where config-network says so',
    ),
    ...over(
      [RevisionType],
      ['create', 'patch', 'delete'],
      'a Configuration has revisions, the labeler marks them, old ones are collected',
    ),
    ...over([ConfigurationType, RouteType, DomainMappingType], ['patch'], 'finalizers, and marks of what traffic goes to'),
    ...over(
      servingOwners,
      ['update'],
      'owners that hold their children, where the API server asks for the right to',
      '/finalizers',
    ),
    core(
      ['services', 'endpoints'],
      [...FOLLOW, 'create', 'update', 'delete'],
      'names of services and revisions inside the cluster',
    ),
    core(['pods'], [...FOLLOW, 'patch'], 'how many are ready, why one is not, and which are to go first'),
    core(['configmaps', 'namespaces', 'serviceaccounts'], FOLLOW, 'settings, what Brokers name, selectors over namespaces'),
    core(['events'], ['create', 'patch'], 'what kubectl describe shows'),
    { group: 'apps', resources: ['deployments'], verbs: ['get', ...FOLLOW, 'create', 'update'], why: 'a revision has one' },
    { group: 'apps', resources: ['deployments/scale'], verbs: ['patch'], why: 'the decisions of the autoscaler' },
    {
      group: 'autoscaling',
      resources: ['horizontalpodautoscalers'],
      verbs: [...FOLLOW, 'create', 'update', 'delete'],
      why: 'services of the HPA class have one',
    },
    ...(pullSecrets
      ? [
          core(
            ['secrets', 'serviceaccounts'],
            ['get'],
            'the credentials with which a tag is resolved to a digest: those of its pod',
          ),
        ]
      : []),
    {
      group: 'coordination.k8s.io',
      resources: ['leases'],
      verbs: ['create'],
      namespace: INSTALLATION.servingNamespace,
      why: 'one of several controllers leads',
    },
    {
      group: 'coordination.k8s.io',
      resources: ['leases'],
      verbs: ['get', 'update'],
      names: [INSTALLATION.lease],
      namespace: INSTALLATION.servingNamespace,
      why: 'one of several controllers leads',
    },
  ];
}

function ofEventing({ oidc, mutatingPolicies, webhook }: RbacNeeds): Grant[] {
  return [
    ...over(eventing, FOLLOW, 'plans are made again when one of them changes'),
    ...over(eventing, ['update'], 'conditions and addresses', '/status'),
    ...over([BrokerType], ['create'], 'brokers of namespaces and triggers that ask for one'),
    ...over(
      [TriggerType, SinkBindingType],
      ['create', 'update'],
      'a RequestReply has a Trigger, a ContainerSource a SinkBinding',
    ),
    ...over(
      flows,
      ['create', 'update', 'patch', 'delete'],
      'parts of Sequences and Parallels; finalizers; subscribers of a channel',
    ),
    ...over([EventPolicyType], ['create', 'update', 'delete'], 'what may send to the parts of Sequences and Parallels'),
    ...over([SinkBindingType], ['patch'], 'finalizers'),
    ...over(
      eventingOwners,
      ['update'],
      'owners that hold their children, where the API server asks for the right to',
      '/finalizers',
    ),
    ...over([ServiceType, ConfigurationType], ['patch'], 'subjects of SinkBindings get the address of the sink'),
    { group: 'apps', resources: ['deployments', 'replicasets'], verbs: [...FOLLOW, 'patch'], why: 'subjects of SinkBindings' },
    { group: 'batch', resources: ['jobs'], verbs: FOLLOW, why: 'subjects of SinkBindings' },
    core(['namespaces'], ['patch'], 'the label by which upstream knows namespaces with SinkBindings'),
    {
      group: 'authorization.k8s.io',
      resources: ['subjectaccessreviews'],
      verbs: ['create'],
      why: 'whether the service account of an ApiServerSource may watch what it names',
    },
    ...(mutatingPolicies
      ? [
          {
            ...{ group: ADMISSION_GROUP, resources: ['mutatingadmissionpolicybindings'], verbs: ['get'] as const },
            ...{ names: Object.values(SINK_BINDING_POLICIES), why: 'whether Jobs are told their sinks' },
          },
        ]
      : []),
    ...(webhook
      ? [
          {
            ...{ group: ADMISSION_GROUP, resources: ['mutatingwebhookconfigurations'], verbs: ['get'] as const },
            ...{ names: [INSTALLATION.webhook], why: 'whether Jobs are told their sinks' },
          },
        ]
      : []),
    ...(oidc ? [core(['serviceaccounts'], ['create', 'update', 'delete'], 'senders have identities of their own')] : []),
  ];
}

/** What the controllers need. */
export const controllerGrants = (needs: RbacNeeds): readonly Grant[] => [
  ...ofServing(needs),
  ...(needs.eventing ? ofEventing(needs) : []),
];
