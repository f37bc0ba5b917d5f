export { ACCESS_TOPIC, type AccessAnswer, type AccessQuestion } from './access';
export { apiServerSourceReconciler } from './plan';
