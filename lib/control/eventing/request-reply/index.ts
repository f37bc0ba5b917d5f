export { requestReplyReconciler } from './plan';
