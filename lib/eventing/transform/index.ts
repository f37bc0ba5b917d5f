export * from './jsonata-worker';
export * from './transform-ingress';
