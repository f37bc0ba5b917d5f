export * from './event-log';
export * from './event-record';
export * from './key-value-store';
export * from './log-error';
export * from './log-storage';
export * from './memory-storage';
export * from './store-storage';
export * from './volume';
