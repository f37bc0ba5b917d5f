export * from './core-schemas';
export * from './core-table';
export * from './kind-schema';
export * from './object-schema';
export * from './strict-fields';
