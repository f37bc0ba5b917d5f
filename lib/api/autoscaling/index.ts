export * from './metric';
export * from './pod-autoscaler';
