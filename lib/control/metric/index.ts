export { metricReconciler } from './reconciler';
