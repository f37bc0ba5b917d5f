export type { DnsName, NameLookup } from './dns-zone';
export * from './isolation';
export * from './preflight';
