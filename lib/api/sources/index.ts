export * from './api-server-source';
export * from './container-source';
export * from './cron';
export * from './ping-source';
export * from './sink-binding';
