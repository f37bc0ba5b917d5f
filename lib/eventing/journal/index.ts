export * from './journal';
export * from './journal-entry';
export type { JournalQuery } from './journal-query';
export * from './journal-store';
export * from './trace';
