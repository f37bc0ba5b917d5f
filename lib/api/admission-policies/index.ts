export type { MutatingPolicyVersion } from './mutating-policy';
export * from './signatures';
export * from './sink-bindings';
