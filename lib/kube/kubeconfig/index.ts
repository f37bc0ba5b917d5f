export * from './connection';
export * from './in-cluster';
export * from './kubeconfig-connection';
