export { pingSourceReconciler } from './plan';
