export * from './eventing';
export * from './local-config';
export * from './local-system';
