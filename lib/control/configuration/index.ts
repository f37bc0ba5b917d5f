export { configurationReconciler } from './plan';
