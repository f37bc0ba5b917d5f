export * from './ownership';
export * from './place-asker';
export * from './place-giver';
export * from './place-messages';
export { RemotePlace } from './remote-place';
export * from './roster';
export type { Place, Shared } from './sharing';
export * from './view';
