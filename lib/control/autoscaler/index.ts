export * from './autoscaler';
export * from './decide';
export * from './decider';
export * from './explanation';
export type { Sample } from './history';
export * from './stat';
