import type { Inbound, Outbound } from './message';

/** Answers the requests of one host. Rejects only for a fault of our own. */
export type InnerAnswer = (inbound: Inbound) => Promise<Outbound>;

/**
 * Finds what answers requests for hosts that are parts of this process and no pods, as brokers and channels are; undefined: the host
 * is none of them. `host` is in lower case and without a port.
 */
export type InnerHosts = (host: string, path: string) => InnerAnswer | undefined;
