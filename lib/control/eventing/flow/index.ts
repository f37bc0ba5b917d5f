export * from './children';
export * from './policies';
