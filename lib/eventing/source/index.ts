export * from './source-sender';
