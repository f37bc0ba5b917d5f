export * from './deliverer';
export * from './delivery-policy';
export * from './pass-through';
