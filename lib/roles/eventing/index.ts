export * from './event-documents';
export { BROKER_HOST } from './event-door';
export * from './eventing-runtime';
export { createEventingServices } from './eventing-services';
export { eventingMapError, LiveSettings } from './live-settings';
