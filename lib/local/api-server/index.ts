export * from './api-server';
export * from './certificate';
export * from './codecs';
export * from './extra-paths';
export * from './kubeconfig-file';
export * from './local-api';
export * from './pod-access';
export { LOCAL_USER } from './reviews';
export * from './served-resource';
