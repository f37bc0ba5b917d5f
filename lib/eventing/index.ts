export * from './cloud-event';
export * from './delivery';
export * from './dispatch';
export * from './ingress';
export * from './journal';
export * from './log';
export * from './ping';
export * from './sender';
