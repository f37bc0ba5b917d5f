export { labelerReconciler, ROUTE_FINALIZER } from './plan';
