import type { Cluster } from './cluster';

/** A token of a service account. */
export interface AccountToken {
  readonly token: string;
  /** When it ends, in milliseconds since the epoch. */
  readonly expires: number;
}

/** Whose a token is, where it is genuine, valid now and made for the audience; else what is wrong with it. */
export type TokenVerdict = { readonly subject: string } | { readonly problem: string };

/** A cluster as a service account sees it. */
export interface AccountCluster {
  readonly cluster: Cluster;
  /** Ends its connections; watches are to be stopped first. */
  close(): Promise<void>;
}

/** The service accounts of a cluster, named `NAMESPACE/NAME`: tokens of theirs, and the cluster with their rights. */
export interface ServiceAccounts {
  /**
   * A new token. Rejects with a ClusterError if there is no such account, or none is to be had.
   * @param audience for whom it is; the API server, if none is named
   */
  issue(account: string, audience?: string): Promise<AccountToken>;
  /**
   * Rejects with a ClusterError where it cannot be said now.
   * @param from the address of who shows it: who sends many that are no good waits for longer. @default nobody knows
   */
  verify(token: string, audience: string, from?: string): TokenVerdict | Promise<TokenVerdict>;
  /** The cluster with the rights of an account and no others, over connections of its own. */
  as(account: string): AccountCluster;
}

/** The parts of `NAMESPACE/NAME`. */
export function accountParts(account: string): { readonly namespace: string; readonly name: string } {
  const slash = account.indexOf('/');
  return { namespace: account.slice(0, slash), name: account.slice(slash + 1) };
}
