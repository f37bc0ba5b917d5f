export { sequenceReconciler } from './plan';
