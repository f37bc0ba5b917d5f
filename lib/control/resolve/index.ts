export { addressableAmong, addressOf, notFoundText, ResolveError, resolveReference, typeAmong } from './addressable';
