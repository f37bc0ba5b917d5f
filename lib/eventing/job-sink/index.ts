export * from './event-job';
export * from './job-sink-ingress';
