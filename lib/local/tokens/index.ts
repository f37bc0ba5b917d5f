export * from './local-service-accounts';
export * from './token-issuer';
