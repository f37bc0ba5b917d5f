export * from './check/check-options';
export * from './manifest';
export * from './objects/access';
export * from './options';
export * from './rbac';
export * from './settings/settings';
