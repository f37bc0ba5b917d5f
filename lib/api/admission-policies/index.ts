export { ADMISSION_GROUP, type MutatingPolicyVersion } from './mutating-policy';
export * from './signatures';
export * from './sink-bindings';
