import type {
  ApiServerSource,
  Broker,
  Channel,
  ClusterDomainClaim,
  ContainerSource,
  DomainMapping,
  EventPolicy,
  EventTransform,
  EventTypeObject,
  InMemoryChannel,
  JobSink,
  Parallel,
  PingSource,
  RequestReply,
  Route,
  Sequence,
  Service,
  SinkBinding,
  Subscription,
  Trigger,
} from '../../lib/api';

export type {
  ApiServerSource,
  Broker,
  Channel,
  ClusterDomainClaim,
  ContainerSource,
  DomainMapping,
  EventPolicy,
  EventTransform,
  EventTypeObject,
  InMemoryChannel,
  JobSink,
  Parallel,
  PingSource,
  RequestReply,
  Route,
  Sequence,
  Service,
  SinkBinding,
  Subscription,
  Trigger,
};

/** An object of Eventing that a construct is made for. */
export type EventingObject =
  | ApiServerSource
  | Broker
  | Channel
  | ContainerSource
  | EventPolicy
  | EventTransform
  | EventTypeObject
  | InMemoryChannel
  | JobSink
  | Parallel
  | PingSource
  | RequestReply
  | Sequence
  | SinkBinding
  | Subscription
  | Trigger;

/** An object that a construct is made for. */
export type ModelObject = Service | Route | DomainMapping | EventingObject;

/** `spec.template` of a Service: what each of its revisions is made from. */
export type ApiTemplate = Service['spec']['template'];
/** `spec.template.spec` of a Service. */
export type ApiRevisionSpec = ApiTemplate['spec'];
/** One container of a revision. */
export type ApiContainer = ApiRevisionSpec['containers'][number];
/** One volume of a revision. */
export type ApiVolume = NonNullable<ApiRevisionSpec['volumes']>[number];
/** Where a container sees a volume. */
export type ApiVolumeMount = NonNullable<ApiContainer['volumeMounts']>[number];
/** One environment variable. */
export type ApiEnvVar = NonNullable<ApiContainer['env']>[number];
/** A source of many environment variables. */
export type ApiEnvFromSource = NonNullable<ApiContainer['envFrom']>[number];
/** A health check. */
export type ApiProbe = NonNullable<ApiContainer['readinessProbe']>;
/** Privileges of a container. */
export type ApiSecurityContext = NonNullable<ApiContainer['securityContext']>;
/** One entry of `spec.traffic` of a Service or Route. */
export type ApiTrafficTarget = NonNullable<Route['spec']['traffic']>[number];
