import type { Clock } from '../../base';
import { type AccountToken, accountParts } from '../service-accounts';
import type { Connection, ConnectionSource } from './connection';

export interface AccountConnectionOptions {
  /** How the server is reached; of its credentials nothing is used. */
  readonly base: ConnectionSource;
  /** `NAMESPACE/NAME` of the service account. */
  readonly account: string;
  /** A new token of the account for the API server. */
  readonly issue: () => Promise<AccountToken>;
  readonly clock: Clock;
}

/** The part of a token's life after which another one is asked for. */
const RENEWED_AFTER = 0.8;

interface Held extends AccountToken {
  readonly renewAt: number;
}

/** The server that another connection leads to, as a service account: with a token that is renewed before it ends, and when it is refused. */
export class AccountConnection implements ConnectionSource {
  #held: Held | undefined;
  #asking: Promise<Held> | undefined;
  #current: { readonly token: string; readonly to: Connection; readonly connection: Connection } | undefined;

  constructor(private readonly options: AccountConnectionOptions) {}

  get namespace(): string {
    return accountParts(this.options.account).namespace;
  }

  /** @throws ClusterError if there is no such account, or the tokens of it are not ours to ask for */
  async get(): Promise<Connection> {
    const { token } = await this.#token();
    const to = await this.options.base.get();
    if (this.#current?.token !== token || this.#current.to !== to) {
      const { cert: _cert, key: _key, ...tls } = to.tls;
      const connection: Connection = { ...to, tls, headers: { authorization: `Bearer ${token}` } };
      this.#current = { token, to, connection };
    }
    return this.#current.connection;
  }

  invalidate(connection: Connection, reason: 'credentials' | 'server'): void {
    if (connection !== this.#current?.connection) return;
    if (reason === 'credentials') this.#held = undefined;
    else this.options.base.invalidate(this.#current.to, reason);
  }

  async #token(): Promise<Held> {
    const now = this.options.clock.now();
    const held = this.#held;
    if (held && now < held.renewAt) return held;
    try {
      return await this.#renewed();
    } catch (error) {
      // The one that there is still serves: another attempt comes with the next request.
      if (held && this.#held === held && this.options.clock.now() < held.expires) return held;
      throw error;
    }
  }

  /** Asked for once by all who want it at a time. */
  #renewed(): Promise<Held> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(): Promise<Held> {
    const { issue, clock } = this.options;
    const asked = clock.now();
    const given = await issue();
    this.#held = { ...given, renewAt: asked + (given.expires - asked) * RENEWED_AFTER };
    return this.#held;
  }
}
