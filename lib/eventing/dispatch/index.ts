export * from './consumer-spec';
export * from './event-hub';
