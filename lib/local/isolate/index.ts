export { type DnsName, type NameLookup } from './dns-zone';
export * from './isolation';
export * from './preflight';
