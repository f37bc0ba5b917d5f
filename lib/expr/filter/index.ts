export * from './filter';
export * from './filter-index';
