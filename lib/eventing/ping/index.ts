export * from './next-run';
export * from './ping-event';
export * from './ping-scheduler';
