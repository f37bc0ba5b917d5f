export { addressableAmong, addressOf, notFoundText, ResolveError, resolveReference, typeAmong } from './addressable';
export { destinationReads, resolveDestination, type Target } from './destination';
