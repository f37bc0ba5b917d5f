export * from './api-server';
export * from './apply';
export * from './cluster';
export * from './images';
export * from './kubernetes';
export * from './pods';
export * from './state';
export * from './store';
