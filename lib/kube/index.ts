export * from './cluster';
export { type EventNote, EventRecorder } from './event-recorder';
export { FencedCluster } from './fenced-cluster';
export * from './informer';
export { LeaderElection, type LeaderElectionOptions } from './leader-election';
export * from './service-accounts';
export { reviewToken } from './token-review';
