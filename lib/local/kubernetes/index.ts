export * from './local-kubernetes';
