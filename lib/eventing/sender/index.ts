export * from './address-rules';
export * from './http-sender';
export * from './sender';
