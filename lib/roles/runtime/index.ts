export * from './installation-settings';
export * from './runtime-system';
