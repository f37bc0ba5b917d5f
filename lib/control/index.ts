export * from './autoscaler';
export * from './engine';
export {
  ACCESS_TOPIC,
  type AccessAnswer,
  type AccessQuestion,
  audienceOf,
  type Binding,
  bindingIn,
  bindingOf,
  bindingsOf,
  boundObject,
  boundSpec,
  channelServiceName,
  EVENTING_TOPIC,
  type EventingAnswer,
  type EventingQuestion,
  isBound,
  isExempt,
  JOB_ADMISSION_TOPIC,
  type JobAdmissionAnswer,
  podSpecOf,
  policyApplies,
  subjectKinds,
  TOKEN_SECRET_TOPIC,
  type TokenSecretAnswer,
  type TokenSecretQuestion,
} from './eventing';
export { eventingReconcilers } from './eventing-reconcilers';
export { GATEWAY_TOPIC, type GatewayAnswer, type GatewayQuestion, INGRESS_CLASS } from './ingress';
export {
  type AutoscalingOptions,
  autoscalingReconcilers,
  clusterAutoscalingReconcilers,
  createAutoscalingReconcilers,
  HorizontalPodAutoscalerType,
} from './podautoscaler';
export type { Apply, Ask, Index, Observed, Patch, Plan, PlannedEvent, Read, Reconciler } from './reconciler';
export { DIGEST_TOPIC, type Digest, type DigestAnswer, type DigestQuestion, USER_PORT_NAME } from './revision';
export { GatewayAddresses } from './serverlessservice';
export {
  clusterServingReconcilers,
  createServingReconcilers,
  GATEWAY_HOST,
  type ServingOptions,
  servingAloneReconcilers,
  servingReconcilers,
} from './serving-reconcilers';
