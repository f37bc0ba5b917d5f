export { subscriptionReconciler } from './plan';
