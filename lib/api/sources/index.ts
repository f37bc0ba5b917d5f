export * from './api-server-source';
export * from './container-source';
export * from './cron';
export { apiServerEvents, PING_EVENT, pingEventSource } from './event-types';
export { guessPlural } from './guess-plural';
export * from './ping-source';
export * from './sink-binding';
