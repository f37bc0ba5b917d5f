export * from './event-documents';
export { BROKER_HOST } from './event-door';
export type { EventRetention } from './event-retention';
export * from './eventing-runtime';
export { createEventingServices } from './eventing-services';
export { eventingMapError, LiveSettings } from './live-settings';
export * from './sources-runtime';
