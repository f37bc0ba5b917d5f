export * from './children';
