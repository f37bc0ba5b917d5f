export * from './gatekeeper';
export * from './receiver';
export * from './token-sender';
