export { parallelReconciler } from './plan';
