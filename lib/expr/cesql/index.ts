export * from './compile';
export * from './correlation';
export * from './value';
