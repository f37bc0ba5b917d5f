export * from './channel';
export * from './in-memory-channel';
export * from './subscription';
