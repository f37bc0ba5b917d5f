export * from './core-descriptions';
export * from './open-api';
