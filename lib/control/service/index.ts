export { serviceReconciler } from './plan';
