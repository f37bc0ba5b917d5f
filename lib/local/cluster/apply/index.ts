export * from './field-owners';
export * from './ownership';
