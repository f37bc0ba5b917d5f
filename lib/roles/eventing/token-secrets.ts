import { controllerOf, keyOf, type Secret, SecretType, type Stored } from '../../api';
import { type Clock, type Executor, errorMessage, type Log, type Timer } from '../../base';
import { type Answerer, type Ask, TOKEN_SECRET_TOPIC, type TokenSecretAnswer, type TokenSecretQuestion } from '../../control';
import { type Cluster, ClusterError, Informer, type ServiceAccounts } from '../../kube';

const LABEL = 'eventing.knative.dev/oidc';
const KEY = 'token';
/** What could not be written, or has been deleted, is written after so long, in milliseconds. */
const RETRY_MS = 2000;

export interface TokenSecretsOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly log: Log;
  readonly accounts: Pick<ServiceAccounts, 'issue'>;
}

interface Asked {
  readonly question: TokenSecretQuestion;
  readonly answer: (answer: TokenSecretAnswer) => void;
  next: Timer | undefined;
}

/**
 * Keeps Secrets with tokens of service accounts for pods that mount them (topic `token-secret`): written when they are asked for, anew
 * when half of a token's life is over, and when somebody has deleted them.
 */
export class TokenSecrets implements Answerer {
  readonly topic = TOKEN_SECRET_TOPIC;
  readonly #asked = new Map<string, Asked>();
  /** Secrets are followed as long as there is one to keep: where no sender has to prove itself nobody needs the right to read them. */
  #followed: { readonly secrets: Informer<Secret>; readonly begun: Promise<void> } | undefined;
  /** One write after the other: what was asked last is what stays. */
  #last: Promise<void> = Promise.resolve();

  constructor(private readonly options: TokenSecretsOptions) {}

  stop(): void {
    for (const key of [...this.#asked.keys()]) this.forget(key);
    this.#leave();
  }

  ask({ key, input }: Ask, onAnswer: (key: string, value: unknown) => void): void {
    this.forget(key);
    const question = input as TokenSecretQuestion;
    const asked: Asked = { question, answer: (answer) => onAnswer(key, answer), next: undefined };
    this.#asked.set(key, asked);
    if (![...this.#asked.values()].some((one) => one.question.token)) this.#leave();
    this.#begin(key, asked);
  }

  forget(key: string): void {
    this.#asked.get(key)?.next?.cancel();
    this.#asked.delete(key);
    if (this.#asked.size === 0) this.#leave();
  }

  #follow(): Promise<void> {
    if (this.#followed) return this.#followed.begun;
    const { cluster, clock, log } = this.options;
    const secrets = new Informer(cluster, SecretType, clock, log, { labelSelector: LABEL });
    secrets.onChange(({ previous, next }) => {
      if (previous && !next) this.#gone(previous);
    });
    const begun = secrets.start().catch((error: unknown) => {
      if (this.#followed?.secrets === secrets) this.#followed = undefined;
      throw error;
    });
    this.#followed = { secrets, begun };
    return begun;
  }

  #leave(): void {
    this.#followed?.secrets.stop();
    this.#followed = undefined;
  }

  #gone(secret: Stored<Secret>): void {
    for (const [key, asked] of this.#asked) {
      const { namespace, name, token } = asked.question;
      // Not at once: it goes with its owner, too, of which nobody may have heard yet.
      if (token && `${namespace}/${name}` === keyOf(secret)) this.#later(key, asked, RETRY_MS);
    }
  }

  #begin(key: string, asked: Asked): void {
    asked.next?.cancel();
    this.options.executor.run(`token of ${key}`, () => {
      this.#last = this.#last.then(() => this.#keep(key, asked));
      return this.#last;
    });
  }

  #later(key: string, asked: Asked, ms: number): void {
    asked.next?.cancel();
    if (this.#asked.get(key) === asked) asked.next = this.options.clock.after(ms, () => this.#begin(key, asked));
  }

  async #keep(key: string, asked: Asked): Promise<void> {
    if (this.#asked.get(key) !== asked) return;
    const { question } = asked;
    try {
      const { token } = question;
      if (token) this.#later(key, asked, (await this.#write(question, token)) / 2);
      else await this.#remove(question);
      asked.answer({ present: token !== undefined });
    } catch (error) {
      const problem = errorMessage(error);
      this.options.log.warn('a token could not be written', { secret: question.name, error: problem });
      asked.answer({ present: false, problem });
      this.#later(key, asked, RETRY_MS);
    }
  }

  /** Puts a new token into the Secret; returns for how long it is valid, in milliseconds. */
  async #write(question: TokenSecretQuestion, token: NonNullable<TokenSecretQuestion['token']>): Promise<number> {
    const { cluster, clock, accounts } = this.options;
    await this.#follow();
    const { namespace, name, owner } = question;
    const labels = { [LABEL]: 'enabled' };
    const present = await this.#own(question);
    const issued = await accounts.issue(`${namespace}/${token.serviceAccount}`, token.audience);
    const data = { [KEY]: Buffer.from(issued.token).toString('base64') };
    if (present) await cluster.patch(SecretType, namespace, name, 'merge', { metadata: { labels }, data });
    else {
      const metadata = { name, namespace, labels, ownerReferences: [owner] };
      await cluster.create(SecretType, { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data });
    }
    return issued.expires - clock.now();
  }

  async #remove(question: TokenSecretQuestion): Promise<void> {
    const present = await this.#own(question).catch(() => undefined);
    if (!present) return;
    const { uid, namespace, name } = present.metadata;
    await this.options.cluster.delete(SecretType, namespace, name, { uid }).catch((error: unknown) => {
      if (!ClusterError.is(error, 'NotFound')) throw error;
    });
  }

  /** The Secret, if there is one. Rejects if it is somebody else's. */
  async #own({ namespace, name, owner }: TokenSecretQuestion): Promise<Stored<Secret> | undefined> {
    const found = await this.options.cluster.get(SecretType, namespace, name);
    if (found && controllerOf(found)?.uid !== owner.uid) {
      throw new Error(`secret ${name} not owned by ${owner.kind} ${owner.name}`);
    }
    return found;
  }
}
