export { brokerReconciler } from './broker';
export { channelReconciler } from './channel';
export { EVENTING_TOPIC, type EventingAnswer, type EventingQuestion } from './data-plane';
export { eventTypeReconciler } from './event-type';
export { channelServiceName, inMemoryChannelReconciler } from './in-memory-channel';
export { parallelReconciler } from './parallel';
export { sequenceReconciler } from './sequence';
export { subscriptionReconciler } from './subscription';
export { triggerReconciler } from './trigger';
