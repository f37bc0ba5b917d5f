export * from './cloud-event';
export * from './delivery';
export * from './sender';
