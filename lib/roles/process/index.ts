export * from './event-store';
export * from './json-log';
export * from './log-level';
export * from './pod-identity';
export * from './role-names';
export * from './roles';
export * from './runtime-process';
