export * from './cloud-event';
export * from './delivery';
export * from './log';
export * from './sender';
