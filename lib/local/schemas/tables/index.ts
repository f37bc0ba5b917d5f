export * from './containers';
export * from './meta';
export * from './nodes';
export * from './objects';
export * from './pods';
export * from './reviews';
export * from './volumes';
export * from './workloads';
