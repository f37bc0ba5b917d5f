export { channelReconciler } from './plan';
