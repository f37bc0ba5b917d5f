export { jobSinkReconciler } from './plan';
