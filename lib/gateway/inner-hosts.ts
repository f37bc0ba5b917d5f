import type { Inbound, Outbound } from './message';

/**
 * Finds what answers requests for hosts that are parts of this process and no pods, as brokers and channels are; undefined: the host
 * is none of them. `host` is in lower case and without a port.
 */
export type InnerHosts = (host: string, path: string) => ((inbound: Inbound) => Promise<Outbound>) | undefined;
