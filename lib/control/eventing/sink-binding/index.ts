export { type Binding, bindingIn, boundObject, boundSpec, isBound, podSpecOf } from './injection';
export { JOB_ADMISSION_TOPIC, type JobAdmissionAnswer } from './job-admission';
export { bindingOf, sinkBindingReconciler } from './plan';
export { bindingsOf, isExempt, subjectKinds } from './subjects';
export { TOKEN_SECRET_TOPIC, type TokenSecretAnswer, type TokenSecretQuestion, tokenSecretOf } from './tokens';
