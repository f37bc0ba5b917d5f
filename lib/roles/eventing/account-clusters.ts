import type { AccountCluster, ServiceAccounts } from '../../kube';

interface Shared {
  readonly of: AccountCluster;
  readonly users: Set<string>;
}

/** The cluster as several service accounts see it: once for each account, as long as somebody looks. */
export class AccountClusters {
  readonly #shared = new Map<string, Shared>();

  constructor(private readonly accounts: Pick<ServiceAccounts, 'as'>) {}

  /** @param account `NAMESPACE/NAME` @param user who looks */
  use(account: string, user: string): AccountCluster['cluster'] {
    const shared = this.#shared.get(account) ?? { of: this.accounts.as(account), users: new Set() };
    this.#shared.set(account, shared);
    shared.users.add(user);
    return shared.of.cluster;
  }

  /** Somebody looks no more, but as this account. Watches are to be stopped before. Resolves once connections are ended. */
  async leave(user: string, but?: string): Promise<void> {
    const left = [...this.#shared].filter(([account, { users }]) => account !== but && users.delete(user) && users.size === 0);
    for (const [account] of left) this.#shared.delete(account);
    await Promise.all(left.map(([, { of }]) => of.close()));
  }

  /** Resolves once all connections are ended. */
  async close(): Promise<void> {
    const all = [...this.#shared.values()];
    this.#shared.clear();
    await Promise.all(all.map(({ of }) => of.close()));
  }
}
