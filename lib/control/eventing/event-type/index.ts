export { eventTypeReconciler } from './plan';
