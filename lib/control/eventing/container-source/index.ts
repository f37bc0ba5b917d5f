export { containerSourceReconciler } from './plan';
