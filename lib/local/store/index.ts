export * from './counter';
export * from './lmdb-store';
export * from './memory-store';
export * from './store';
export * from './store-space';
