export * from './controller';
export * from './eventing';
export * from './gateway';
export * from './grant';
export * from './needs';
export * from './source';
export * from './user-roles';
export * from './webhook';
