import { type Clock, errorMessage } from '../../base';
import type { AccountToken, ServiceAccounts } from '../../kube';

/** A token is not given out any more when it ends this soon, in milliseconds. */
const SPARE_MS = 5 * 60_000;
/** One that is refused is replaced once it is this old, in milliseconds: whoever refuses a new one refuses the next one, too. */
const REPLACED_AFTER_MS = 10_000;
/** How long it is remembered that there was none to be had, in milliseconds. */
const NONE_MS = 3000;

export interface ServiceAccountTokensOptions {
  readonly clock: Clock;
  readonly accounts: Pick<ServiceAccounts, 'issue'>;
}

interface Given extends AccountToken {
  /** When it was asked for. */
  readonly since: number;
}

interface None {
  readonly error: Error;
  readonly until: number;
}

/** Tokens of the service accounts of a cluster, for those who send events as them. One is given out until shortly before it ends. */
export class ServiceAccountTokens {
  readonly #given = new Map<string, Given>();
  readonly #none = new Map<string, None>();
  readonly #asking = new Map<string, Promise<string>>();

  constructor(private readonly options: ServiceAccountTokensOptions) {}

  /** @param identity `NAMESPACE/NAME`. Rejects if there is none to be had: for some seconds without another look. */
  async token(identity: string, audience: string): Promise<string> {
    const now = this.options.clock.now();
    const key = `${identity} ${audience}`;
    const given = this.#given.get(key);
    if (given && given.expires - SPARE_MS > now) return given.token;
    this.#forgetOld(now);
    const none = this.#none.get(key);
    if (none) throw none.error;
    const asking = this.#asking.get(key) ?? this.#ask(key, identity, audience).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  /** A token was refused: it is not given out any more, unless it is so new that another one would be refused just the same. */
  refused(identity: string, audience: string, token: string): void {
    const key = `${identity} ${audience}`;
    const given = this.#given.get(key);
    if (given?.token === token && given.since + REPLACED_AFTER_MS <= this.options.clock.now()) this.#given.delete(key);
  }

  async #ask(key: string, identity: string, audience: string): Promise<string> {
    const { clock, accounts } = this.options;
    const since = clock.now();
    try {
      const issued = await accounts.issue(identity, audience);
      this.#given.set(key, { ...issued, since });
      return issued.token;
    } catch (cause) {
      const text = `no token of service account ${identity} for ${JSON.stringify(audience)}: ${errorMessage(cause)}`;
      const error = new Error(text, { cause });
      this.#none.set(key, { error, until: clock.now() + NONE_MS });
      throw error;
    }
  }

  #forgetOld(now: number): void {
    for (const [key, { expires }] of this.#given) if (expires - SPARE_MS <= now) this.#given.delete(key);
    for (const [key, { until }] of this.#none) if (until <= now) this.#none.delete(key);
  }
}
