export * from './journal';
export * from './journal-entry';
