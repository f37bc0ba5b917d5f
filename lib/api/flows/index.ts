export * from './parallel';
export * from './sequence';
