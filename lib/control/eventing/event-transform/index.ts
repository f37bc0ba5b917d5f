export { eventTransformReconciler, transformServiceName } from './plan';
