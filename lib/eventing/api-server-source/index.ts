export * from './api-server-watcher';
export * from './resource-event';
export * from './selector-text';
