import { dns1123SubdomainErrors } from '../../api';
import { isJsonObject } from '../../base';
import type { Cluster } from '../cluster';
import { ClusterError } from '../cluster';
import { AccountConnection } from '../kubeconfig';
import { ReviewedTokens } from '../reviewed-tokens';
import {
  type AccountCluster,
  type AccountToken,
  accountParts,
  type ServiceAccounts,
  type TokenVerdict,
} from '../service-accounts';
import { reviewToken } from '../token-review';
import { HttpCluster, type HttpClusterOptions } from './http-cluster';

export interface HttpServiceAccountsOptions extends HttpClusterOptions {
  /** Which asks for tokens and for reviews of them, with the rights of this process. */
  readonly cluster: Pick<HttpCluster, 'post'> & Cluster;
}

/** How long a token is to be valid, in seconds. */
const SECONDS = 3600;

/** The service accounts of an API server over HTTP: by TokenRequests and TokenReviews. */
export class HttpServiceAccounts implements ServiceAccounts {
  readonly #reviewed: ReviewedTokens;

  constructor(private readonly options: HttpServiceAccountsOptions) {
    const { clock, cluster } = options;
    this.#reviewed = new ReviewedTokens({ clock, review: (token, audience) => reviewToken(cluster, token, audience) });
  }

  async issue(account: string, audience?: string): Promise<AccountToken> {
    const { namespace, name } = accountParts(account);
    // Tenants say the name: one with slashes would be a path to somebody else's.
    const errors = dns1123SubdomainErrors(name);
    if (errors.length > 0)
      throw new ClusterError('Invalid', `no name of a service account: ${JSON.stringify(name)}: ${errors[0]}`);
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${name}/token`;
    const audiences = audience === undefined ? {} : { audiences: [audience] };
    const wanted = {
      ...{ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {} },
      spec: { ...audiences, expirationSeconds: SECONDS },
    };
    const answer = await this.options.cluster.post(path, wanted, { question: true });
    const status = isJsonObject(answer) && isJsonObject(answer['status']) ? answer['status'] : {};
    const { token, expirationTimestamp } = status;
    const expires = Date.parse(String(expirationTimestamp));
    if (typeof token !== 'string' || token === '' || Number.isNaN(expires)) {
      throw new ClusterError('InternalError', `the API server gave no token of service account ${account}`);
    }
    return { token, expires };
  }

  verify(token: string, audience: string, from?: string): TokenVerdict | Promise<TokenVerdict> {
    return this.#reviewed.verify(token, audience, from);
  }

  as(account: string): AccountCluster {
    const { cluster: _own, source: base, clock, ...rest } = this.options;
    const source = new AccountConnection({ base, account, clock, issue: () => this.issue(account) });
    const cluster = new HttpCluster({ ...rest, source, clock });
    return { cluster, close: () => cluster.close() };
  }
}
