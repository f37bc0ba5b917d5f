export { ACCESS_TOPIC, type AccessAnswer, type AccessQuestion, apiServerSourceReconciler } from './api-server-source';
export { brokerReconciler } from './broker';
export { channelReconciler } from './channel';
export { containerSourceReconciler } from './container-source';
export { EVENTING_TOPIC, type EventingAnswer, type EventingQuestion } from './data-plane';
export { eventPolicyReconciler, policyApplies, subjectOf } from './event-policy';
export { eventTransformReconciler, transformServiceName } from './event-transform';
export { eventTypeReconciler } from './event-type';
export { channelServiceName, inMemoryChannelReconciler } from './in-memory-channel';
export { namespaceInjectionReconciler, triggerInjectionReconciler } from './injection';
export { jobSinkReconciler } from './job-sink';
export { parallelReconciler } from './parallel';
export { pingSourceReconciler } from './ping-source';
export { audienceOf } from './policies';
export { requestReplyReconciler } from './request-reply';
export { sequenceReconciler } from './sequence';
export {
  type Binding,
  bindingIn,
  bindingOf,
  bindingsOf,
  boundObject,
  boundSpec,
  isBound,
  isExempt,
  JOB_ADMISSION_TOPIC,
  type JobAdmissionAnswer,
  podSpecOf,
  sinkBindingReconciler,
  subjectKinds,
  TOKEN_SECRET_TOPIC,
  type TokenSecretAnswer,
  type TokenSecretQuestion,
} from './sink-binding';
export { subscriptionReconciler } from './subscription';
export { triggerReconciler } from './trigger';
