export * from './cluster';
export { type EventNote, EventRecorder } from './event-recorder';
export * from './informer';
export { LeaderElection, type LeaderElectionOptions } from './leader-election';
