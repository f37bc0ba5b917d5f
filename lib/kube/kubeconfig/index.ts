export * from './account-connection';
export * from './connection';
export * from './in-cluster';
export * from './kubeconfig-connection';
