export * from './autoscaler';
export * from './defaults';
export * from './deployment';
export * from './domain';
export * from './features';
export * from './gc';
export * from './network';
export * from './serving-config';
