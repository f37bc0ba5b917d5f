export { inMemoryChannelReconciler } from './plan';
export { channelServiceName } from './service';
