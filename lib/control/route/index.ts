export { routeReconciler } from './plan';
