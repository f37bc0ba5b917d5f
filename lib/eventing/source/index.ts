export * from './source-event';
export * from './source-sender';
