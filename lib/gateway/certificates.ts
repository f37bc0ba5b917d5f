import { createSecureContext, type SecureContext } from 'node:tls';
import { type Ingress, type IngressTLS, keyOf, type Secret, SecretType, type Stored } from '../api';
import { type Clock, type Executor, errorMessage, type Log } from '../base';
import { type Cluster, Informer } from '../kube';
import { normalizeHost } from './headers';

export interface CertificatesDeps {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly log: Log;
}

/** One Secret that Ingresses name, followed for as long as one does. */
interface Held {
  readonly users: Set<string>;
  readonly informer: Informer<Secret>;
  context: SecureContext | undefined;
  problem: string | undefined;
}

interface Claim {
  readonly ingress: string;
  readonly created: string;
  readonly secret: string;
}

/** How long to wait before a Secret that could not be read is tried again, in milliseconds. */
const RETRY_MS = 5000;

/**
 * Certificates by host, as Ingresses say. Only the Secrets that they name are read, each by its name, and followed as they change. Of
 * several Ingresses that name a host the oldest has it, as with routes.
 */
export class Certificates {
  readonly #secrets = new Map<string, Held>();
  readonly #hosts = new Map<string, Claim[]>();
  readonly #ingresses = new Map<string, readonly IngressTLS[]>();
  #stopped = false;

  /** @param onChange called with the Ingresses that a certificate has changed for. */
  constructor(
    private readonly deps: CertificatesDeps,
    private readonly onChange: (ingresses: Iterable<string>) => void,
  ) {}

  /** Takes in what an Ingress says now; undefined: it is gone. */
  set(ingress: string, object: Stored<Ingress> | undefined): void {
    const before = this.#ingresses.get(ingress) ?? [];
    const tls = object?.spec?.tls ?? [];
    this.#release(ingress, before);
    if (object && tls.length > 0) this.#claim(object, tls);
    else this.#ingresses.delete(ingress);
    for (const key of before.map(secretOf)) this.#letGo(key);
  }

  /** What keeps an Ingress from being served by HTTPS, in words; undefined: nothing does. */
  problem(ingress: string): string | undefined {
    const problems = (this.#ingresses.get(ingress) ?? []).map((tls) => {
      const key = secretOf(tls);
      const { context, problem } = this.#secrets.get(key)!;
      return problem ?? (context ? undefined : `Secret ${JSON.stringify(key)} has not been read yet.`);
    });
    return problems.find((problem) => problem !== undefined);
  }

  /** What a client is shown that asks for this name. */
  context(servername: string): SecureContext | undefined {
    const host = normalizeHost(servername);
    const claim = (this.#hosts.get(host) ?? this.#hosts.get(host.replace(/^[^.]+/, '*')))?.[0];
    return claim && this.#secrets.get(claim.secret)?.context;
  }

  stop(): void {
    this.#stopped = true;
    for (const { informer } of this.#secrets.values()) informer.stop();
  }

  #claim(object: Stored<Ingress>, tls: readonly IngressTLS[]): void {
    const ingress = keyOf(object);
    this.#ingresses.set(ingress, tls);
    for (const one of tls) {
      const secret = secretOf(one);
      const claim = { ingress, created: object.metadata.creationTimestamp, secret };
      for (const host of (one.hosts ?? []).map(normalizeHost)) {
        const claims = [...(this.#hosts.get(host) ?? []), claim];
        this.#hosts.set(
          host,
          claims.sort((a, b) => order(a.created, b.created) || order(a.ingress, b.ingress)),
        );
      }
      this.#hold(secret, one).users.add(ingress);
    }
  }

  #release(ingress: string, tls: readonly IngressTLS[]): void {
    for (const host of tls.flatMap(({ hosts = [] }) => hosts).map(normalizeHost)) {
      const rest = (this.#hosts.get(host) ?? []).filter((claim) => claim.ingress !== ingress);
      if (rest.length > 0) this.#hosts.set(host, rest);
      else this.#hosts.delete(host);
    }
    for (const key of tls.map(secretOf)) this.#secrets.get(key)?.users.delete(ingress);
  }

  #letGo(key: string): void {
    const held = this.#secrets.get(key);
    if (!held || held.users.size > 0) return;
    held.informer.stop();
    this.#secrets.delete(key);
  }

  #hold(key: string, { secretNamespace: namespace = '', secretName: name = '' }: IngressTLS): Held {
    const known = this.#secrets.get(key);
    if (known) return known;
    const { cluster, clock, executor, log } = this.deps;
    const informer = new Informer(cluster, SecretType, clock, log, { namespace, fieldSelector: `metadata.name=${name}` });
    const held: Held = { users: new Set(), informer, context: undefined, problem: undefined };
    this.#secrets.set(key, held);
    informer.onChange(({ next }) => this.#read(key, held, next));
    executor.run('certificate', () => this.#follow(key, held));
    return held;
  }

  async #follow(key: string, held: Held): Promise<void> {
    const { clock, executor } = this.deps;
    try {
      await held.informer.start();
      const [namespace = '', name = ''] = key.split('/');
      if (!held.informer.get(namespace, name)) this.#read(key, held, undefined);
    } catch (error) {
      if (this.#stopped || this.#secrets.get(key) !== held) return;
      this.#tell(held, undefined, `Secret ${JSON.stringify(key)} cannot be read: ${errorMessage(error)}`);
      clock.after(RETRY_MS, () => executor.run('certificate', () => this.#follow(key, held)));
    }
  }

  #read(key: string, held: Held, secret: Stored<Secret> | undefined): void {
    if (!secret) {
      this.#tell(held, undefined, `There is no Secret ${JSON.stringify(key)}.`);
      return;
    }
    const [cert, privateKey] = ['tls.crt', 'tls.key'].map((field) => Buffer.from(secret.data?.[field] ?? '', 'base64'));
    try {
      if (!cert?.length || !privateKey?.length) throw new Error('it needs tls.crt and tls.key');
      this.#tell(held, createSecureContext({ cert, key: privateKey, minVersion: 'TLSv1.2' }), undefined);
    } catch (error) {
      // The certificate before it stays in use: a mistake does not take a site down.
      this.#tell(held, held.context, `Secret ${JSON.stringify(key)} has no usable certificate: ${errorMessage(error)}`);
    }
  }

  #tell(held: Held, context: SecureContext | undefined, problem: string | undefined): void {
    held.context = context;
    held.problem = problem;
    this.onChange(held.users);
  }
}

const secretOf = ({ secretNamespace = '', secretName = '' }: IngressTLS): string => `${secretNamespace}/${secretName}`;
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
