export * from './cesql';
export * from './data';
export * from './filter';
