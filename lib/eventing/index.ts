export * from './cloud-event';
export * from './delivery';
