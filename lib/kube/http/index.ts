export { HttpCluster, type HttpClusterOptions } from './http-cluster';
export { HttpServiceAccounts, type HttpServiceAccountsOptions } from './http-service-accounts';
export { UnreachableError } from './http-transport';
export type { WatchTimes } from './http-watch';
export type { WriteLimit } from './write-limiter';
