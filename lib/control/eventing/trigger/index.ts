export { triggerReconciler } from './plan';
