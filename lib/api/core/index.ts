export * from './apps';
export * from './batch';
export * from './coordination';
export * from './departing';
export * from './discovery';
export * from './pod';
export * from './service';
export * from './simple';
