import {
  BrokerType,
  ChannelType,
  EventTypeType,
  InMemoryChannelType,
  K8sServiceType,
  ParallelType,
  PingSourceType,
  type ResourceType,
  SequenceType,
  SubscriptionType,
  servedTypes,
  TriggerType,
} from '../../api';
import { addressableAmong } from '../resolve';

/** The kinds that the reconcilers of this folder act on. */
export const eventingKinds: readonly ResourceType[] = [
  BrokerType,
  TriggerType,
  EventTypeType,
  ChannelType,
  InMemoryChannelType,
  SubscriptionType,
  SequenceType,
  ParallelType,
  PingSourceType,
];

/** What a destination can name. */
export const eventingAddressables = addressableAmong([...servedTypes, ...eventingKinds]);

/** What else can be referred to by kind and name: Knative's kinds and the Services of Kubernetes. */
export const referableKinds: readonly ResourceType[] = [
  ...new Set([K8sServiceType, ...servedTypes.filter(({ group }) => group.endsWith('knative.dev')), ...eventingKinds]),
];
