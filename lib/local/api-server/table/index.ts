export * from './human-duration';
export * from './table';
export * from './to-table';
