import { type Clock, errorMessage } from '../../base';
import type { AccountToken, ServiceAccounts } from '../../kube';

/** A token is not given out any more when it ends this soon, in milliseconds. */
const SPARE_MS = 5 * 60_000;

export interface ServiceAccountTokensOptions {
  readonly clock: Clock;
  readonly accounts: Pick<ServiceAccounts, 'issue'>;
}

/** Tokens of the service accounts of a cluster, for those who send events as them. One is given out until shortly before it ends. */
export class ServiceAccountTokens {
  readonly #given = new Map<string, AccountToken>();
  readonly #asking = new Map<string, Promise<string>>();

  constructor(private readonly options: ServiceAccountTokensOptions) {}

  /** @param identity `NAMESPACE/NAME`. Rejects if there is none to be had. */
  async token(identity: string, audience: string): Promise<string> {
    const { clock } = this.options;
    const key = `${identity} ${audience}`;
    const given = this.#given.get(key);
    if (given && given.expires - SPARE_MS > clock.now()) return given.token;
    this.#forgetOld(clock.now());
    const asking = this.#asking.get(key) ?? this.#ask(key, identity, audience).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  /** A token was refused: it is not given out any more. */
  refused(identity: string, audience: string, token: string): void {
    const key = `${identity} ${audience}`;
    if (this.#given.get(key)?.token === token) this.#given.delete(key);
  }

  async #ask(key: string, identity: string, audience: string): Promise<string> {
    try {
      const issued = await this.options.accounts.issue(identity, audience);
      this.#given.set(key, issued);
      return issued.token;
    } catch (error) {
      throw new Error(`no token of service account ${identity} for ${JSON.stringify(audience)}: ${errorMessage(error)}`, {
        cause: error,
      });
    }
  }

  #forgetOld(now: number): void {
    for (const [key, { expires }] of this.#given) if (expires - SPARE_MS <= now) this.#given.delete(key);
  }
}
