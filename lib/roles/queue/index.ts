export * from './queue-process';
export * from './queue-settings';
