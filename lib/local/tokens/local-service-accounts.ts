import { ServiceAccountType } from '../../api';
import {
  type AccountCluster,
  type AccountToken,
  accountParts,
  type Cluster,
  ClusterError,
  type ServiceAccounts,
  type TokenVerdict,
} from '../../kube';
import type { TokenIssuer } from './token-issuer';

/** The service accounts of a cluster in memory. There are no rights here: everybody sees all of it. */
export class LocalServiceAccounts implements ServiceAccounts {
  constructor(
    private readonly cluster: Cluster,
    private readonly issuer: TokenIssuer,
  ) {}

  async issue(account: string, audience?: string): Promise<AccountToken> {
    const { namespace, name } = accountParts(account);
    const found = await this.cluster.get(ServiceAccountType, namespace, name);
    if (!found) throw new ClusterError('NotFound', `serviceaccounts "${name}" not found`, { name, kind: 'serviceaccounts' });
    const audiences = audience === undefined ? {} : { audiences: [audience] };
    return this.issuer.issue({ namespace, name, uid: found.metadata.uid, ...audiences });
  }

  verify(token: string, audience: string): TokenVerdict {
    return this.issuer.verify(token, audience);
  }

  as(): AccountCluster {
    return { cluster: this.cluster, close: () => Promise.resolve() };
  }
}
