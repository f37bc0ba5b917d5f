export { gcReconciler } from './plan';
