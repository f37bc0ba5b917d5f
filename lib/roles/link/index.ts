export * from './data-plane-end';
export { GatewayLease } from './gateway-lease';
export { LeaderLink, type LeaderLinkOptions } from './leader-link';
export { LinkServer } from './link-server';
export { linkTokenOf, tokenReviewer } from './link-token';
export { PeerLinks } from './peer-links';
