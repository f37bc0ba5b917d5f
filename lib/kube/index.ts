export * from './cluster';
export * from './informer';
