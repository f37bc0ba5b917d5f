export * from './memory-store';
export * from './store';
