export * from './endpoint';
export * from './read-event';
