export { brokerReconciler } from './plan';
