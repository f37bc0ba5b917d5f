import { ServiceAccountType } from '../../api';
import type { Clock } from '../../base';
import type { Cluster } from '../../kube';
import type { TokenIssuer } from '../../local';

/** A token is not given out any more when it ends this soon, in milliseconds. */
const SPARE_MS = 5 * 60_000;

export interface ServiceAccountTokensOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly issuer: TokenIssuer;
}

interface Given {
  readonly token: string;
  readonly expires: number;
}

/** Tokens of the service accounts of a cluster, for those who send events as them. One is given out until shortly before it ends. */
export class ServiceAccountTokens {
  readonly #given = new Map<string, Given>();

  constructor(private readonly options: ServiceAccountTokensOptions) {}

  /** @param identity `NAMESPACE/NAME`. Rejects if there is no such service account. */
  async token(identity: string, audience: string): Promise<string> {
    const { cluster, clock, issuer } = this.options;
    const key = `${identity} ${audience}`;
    const given = this.#given.get(key);
    if (given && given.expires - SPARE_MS > clock.now()) return given.token;
    this.#forgetOld(clock.now());
    const [namespace = '', name = ''] = identity.split('/');
    const account = await cluster.get(ServiceAccountType, namespace, name);
    if (!account) throw new Error(`no token for ${JSON.stringify(audience)}: there is no service account ${identity}`);
    const { token, expires } = issuer.issue({ namespace, name, uid: account.metadata.uid, audiences: [audience] });
    this.#given.set(key, { token, expires });
    return token;
  }

  #forgetOld(now: number): void {
    for (const [key, { expires }] of this.#given) if (expires - SPARE_MS <= now) this.#given.delete(key);
  }
}
