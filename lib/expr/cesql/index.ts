export * from './compile';
export * from './value';
