export * from './field-validation';
