export * from './health-server';
export * from './readiness';
export * from './watch-progress';
