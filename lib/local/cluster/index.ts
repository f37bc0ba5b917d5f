export * from './deep-equal';
export * from './label-selector';
export * from './memory-cluster';
export { mergePatch } from './merge-patch';
export { LOCAL_NODE } from './rules/pod-rules';
