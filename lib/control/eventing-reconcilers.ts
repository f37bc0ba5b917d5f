import type { KubeObject, ServingConfig } from '../api';
import {
  apiServerSourceReconciler,
  brokerReconciler,
  channelReconciler,
  containerSourceReconciler,
  eventPolicyReconciler,
  eventTransformReconciler,
  eventTypeReconciler,
  inMemoryChannelReconciler,
  jobSinkReconciler,
  namespaceInjectionReconciler,
  parallelReconciler,
  pingSourceReconciler,
  requestReplyReconciler,
  sequenceReconciler,
  sinkBindingReconciler,
  subscriptionReconciler,
  triggerInjectionReconciler,
  triggerReconciler,
} from './eventing';
import type { Reconciler } from './reconciler';

/**
 * The reconcilers of Knative Eventing. They need somebody who answers the questions of `EVENTING_TOPIC`: whether the engine that
 * delivers events serves a broker, a trigger, a channel.
 */
export const eventingReconcilers: readonly Reconciler<KubeObject, ServingConfig>[] = [
  brokerReconciler,
  triggerReconciler,
  eventTypeReconciler,
  inMemoryChannelReconciler,
  channelReconciler,
  subscriptionReconciler,
  sequenceReconciler,
  parallelReconciler,
  pingSourceReconciler,
  sinkBindingReconciler,
  containerSourceReconciler,
  apiServerSourceReconciler,
  eventPolicyReconciler,
  jobSinkReconciler,
  eventTransformReconciler,
  requestReplyReconciler,
  triggerInjectionReconciler,
  namespaceInjectionReconciler,
];
