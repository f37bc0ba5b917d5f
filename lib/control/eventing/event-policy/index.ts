export { policyApplies } from './applies';
export { eventPolicyReconciler } from './plan';
export { subjectOf } from './subjects';
