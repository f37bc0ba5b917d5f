export * from './sink-bindings';
