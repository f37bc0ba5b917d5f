export * from './admission-refusal';
export * from './label-selector';
export * from './memory-cluster';
export { LOCAL_NODE } from './rules/pod-rules';
export * from './seeded-store';
