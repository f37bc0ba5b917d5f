export { labelerReconciler } from './plan';
