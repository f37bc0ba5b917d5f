export * from './composite-transport';
export * from './function-transport';
export * from './h2c-transport';
export * from './network-transport';
export * from './pod-transport';
export * from './undici-transport';
