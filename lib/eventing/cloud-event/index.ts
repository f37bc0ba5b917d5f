export * from './cloud-event';
export * from './event-error';
export * from './http';
export * from './structured';
