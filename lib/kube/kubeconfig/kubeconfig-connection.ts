import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Clock, errorMessage, isJsonObject, KncError } from '../../base';
import type { Connection, ConnectionSource, TlsMaterial } from './connection';
import { type ExecClusterInfo, type ExecCredential, execCredential } from './exec-credential';
import { booleanField, type Entry, invalidKubeconfig, type Kubeconfig, stringField } from './kubeconfig';
import { type KubeconfigPlace, loadKubeconfig } from './load-kubeconfig';

export interface KubeconfigConnectionOptions extends KubeconfigPlace {
  readonly clock: Clock;
  /** @default the current context */
  readonly context?: string;
}

/** How often token files are read again, in milliseconds: tokens in files are replaced while we run. */
const TOKEN_FILE_MS = 60_000;
/** A credential counts as expired this long before it is, in milliseconds. */
const EXPIRY_MARGIN_MS = 5_000;

const REMEDIES: Readonly<Record<string, string>> = {
  oidc: 'Use a credential plugin instead (users[].user.exec), such as kubelogin, or put a token into the kubeconfig.',
  gcp: 'Use the credential plugin gke-gcloud-auth-plugin instead (users[].user.exec).',
  azure: 'Use the credential plugin kubelogin instead (users[].user.exec).',
};

function fileText(entry: Entry, field: string, at: string): string | undefined {
  const name = stringField(entry, field, at);
  if (name === undefined) return undefined;
  try {
    return readFileSync(path.resolve(path.dirname(entry.file), name), 'utf8');
  } catch (error) {
    throw invalidKubeconfig(entry.file, `${at}.${field}`, errorMessage(error));
  }
}

/** `field-data` in base64, or else the text of the file that `field` names. */
function material(entry: Entry, field: string, at: string): string | undefined {
  const data = stringField(entry, `${field}-data`, at);
  return data === undefined ? fileText(entry, field, at) : Buffer.from(data, 'base64').toString('utf8');
}

function serverOf(cluster: Entry, at: string): string {
  const server = stringField(cluster, 'server', at);
  const url = server !== undefined && URL.canParse(server) ? new URL(server) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw invalidKubeconfig(cluster.file, `${at}.server`, `expected an http(s) URL, got ${JSON.stringify(server)}`);
  }
  return url.href.replace(/\/+$/, '');
}

function proxyOf(cluster: Entry, at: string): string | undefined {
  const proxy = stringField(cluster, 'proxy-url', at);
  if (proxy === undefined) return undefined;
  if (/^https?:\/\//.test(proxy)) return proxy;
  throw invalidKubeconfig(cluster.file, `${at}.proxy-url`, `only http and https proxies are supported, got ${proxy}`);
}

/** `as`, `as-uid`, `as-groups` and `as-user-extra` as the headers that carry them. */
function impersonation(user: Entry, at: string): Connection['headers'] {
  const [as, uid] = [stringField(user, 'as', at), stringField(user, 'as-uid', at)];
  const { 'as-groups': groups, 'as-user-extra': extra } = user.value;
  return {
    ...(as ? { 'impersonate-user': as } : {}),
    ...(uid ? { 'impersonate-uid': uid } : {}),
    ...(Array.isArray(groups) && groups.length > 0 ? { 'impersonate-group': groups.map(String) } : {}),
    ...(isJsonObject(extra)
      ? Object.fromEntries(
          Object.entries(extra).map(([key, values]) => [
            `impersonate-extra-${encodeURIComponent(key).toLowerCase()}`,
            Array.isArray(values) ? values.map(String) : [String(values)],
          ]),
        )
      : {}),
  };
}

interface Chosen {
  readonly context: string;
  readonly namespace: string;
  readonly cluster: Entry;
  readonly user: Entry | undefined;
}

function choose(config: Kubeconfig, asked: string | undefined): Chosen {
  const name = asked ?? config.currentContext;
  const where = config.files[0] ?? 'kubeconfig';
  const known = [...config.contexts.keys()];
  if (name === undefined) {
    throw invalidKubeconfig(where, 'current-context', 'no context is chosen', `Name one with --context: ${known.join(', ')}.`);
  }
  const context = config.contexts.get(name);
  if (!context) {
    const remedy =
      known.length > 0 ? `Contexts that exist: ${known.join(', ')}.` : 'Name a kubeconfig that has contexts with --kubeconfig.';
    throw invalidKubeconfig(where, 'contexts', `there is no context ${JSON.stringify(name)}`, remedy);
  }
  const at = `contexts[${name}].context`;
  const clusterName = stringField(context, 'cluster', at);
  const cluster = config.clusters.get(clusterName ?? '');
  if (!cluster)
    throw invalidKubeconfig(context.file, `${at}.cluster`, `there is no cluster ${JSON.stringify(clusterName ?? '')}`);
  const userName = stringField(context, 'user', at);
  const user = userName === undefined ? undefined : config.users.get(userName);
  if (userName !== undefined && !user) {
    throw invalidKubeconfig(context.file, `${at}.user`, `there is no user ${JSON.stringify(userName)}`);
  }
  return { context: name, namespace: stringField(context, 'namespace', at) ?? 'default', cluster, user };
}

/** The connection that a context of the kubeconfig files describes. Credentials are kept until they expire or are refused. */
export class KubeconfigConnection implements ConnectionSource {
  #chosen: Chosen;
  #current: Promise<Connection> | undefined;
  #valid: Connection | undefined;
  #expiresAt = Number.POSITIVE_INFINITY;
  /** The files are to be read again. */
  #stale = false;
  /** What a credential plugin gave for which configuration. */
  #plugged: { readonly key: string; readonly credential: ExecCredential } | undefined;

  /** @throws KncError KNC4010 if there is no such context, or a file is at fault. */
  constructor(private readonly options: KubeconfigConnectionOptions) {
    this.#chosen = choose(loadKubeconfig(options), options.context);
  }

  /** Name of the context. */
  get context(): string {
    return this.#chosen.context;
  }

  get namespace(): string {
    return this.#chosen.namespace;
  }

  async get(): Promise<Connection> {
    if (this.options.clock.now() >= this.#expiresAt) this.#current = undefined;
    if (!this.#current) {
      const making = this.#make();
      this.#current = making;
      making.catch(() => {
        if (this.#current === making) this.#current = undefined;
      });
    }
    return this.#current;
  }

  invalidate(connection: Connection, reason: 'credentials' | 'server'): void {
    if (connection !== this.#valid) return;
    this.#current = undefined;
    this.#stale = true;
    if (reason === 'credentials') this.#plugged = undefined;
  }

  async #make(): Promise<Connection> {
    if (this.#stale) this.#chosen = choose(loadKubeconfig(this.options), this.options.context);
    this.#stale = false;
    const { cluster, user } = this.#chosen;
    const at = `clusters[${cluster.name}].cluster`;
    this.#expiresAt = Number.POSITIVE_INFINITY;
    const ca = material(cluster, 'certificate-authority', at);
    const serverName = stringField(cluster, 'tls-server-name', at);
    const trust: TlsMaterial = {
      ...(ca ? { ca } : {}),
      ...(serverName ? { serverName } : {}),
      ...(booleanField(cluster, 'insecure-skip-tls-verify', at) ? { insecure: true } : {}),
    };
    const proxyUrl = proxyOf(cluster, at);
    const base = { server: serverOf(cluster, at), ...(proxyUrl ? { proxyUrl } : {}) };
    const { tls, headers } = user ? await this.#identity(user, { ...base, tls: trust }) : { tls: {}, headers: {} };
    const connection: Connection = { ...base, tls: { ...trust, ...tls }, headers };
    // Whoever holds the old one keeps its sockets if nothing has changed.
    if (this.#valid && digest(this.#valid) === digest(connection)) return this.#valid;
    this.#valid = connection;
    return connection;
  }

  async #identity(user: Entry, to: Omit<Connection, 'headers'>): Promise<Pick<Connection, 'tls' | 'headers'>> {
    const at = `users[${user.name}].user`;
    const provider = user.value['auth-provider'];
    if (isJsonObject(provider)) {
      const name = String(provider['name']);
      const remedy = REMEDIES[name] ?? 'Use a credential plugin instead (users[].user.exec).';
      throw invalidKubeconfig(user.file, `${at}.auth-provider`, `the auth-provider ${name} is not supported`, remedy);
    }
    const given = isJsonObject(user.value['exec']) ? await this.#exec(user, to) : undefined;
    const cert = given?.cert ?? material(user, 'client-certificate', at);
    const key = given?.key ?? material(user, 'client-key', at);
    if ((cert === undefined) !== (key === undefined)) {
      throw invalidKubeconfig(
        user.file,
        `${at}.client-${cert ? 'key' : 'certificate'}`,
        'a client certificate needs its key, and the key its certificate',
      );
    }
    const fromFile = fileText(user, 'tokenFile', at)?.trim();
    if (fromFile !== undefined) this.#expiresAt = Math.min(this.#expiresAt, this.options.clock.now() + TOKEN_FILE_MS);
    const token = given?.token ?? fromFile ?? stringField(user, 'token', at);
    const [name, password] = [stringField(user, 'username', at), stringField(user, 'password', at)];
    const basic = name === undefined ? undefined : `Basic ${Buffer.from(`${name}:${password ?? ''}`).toString('base64')}`;
    const authorization = token === undefined ? basic : `Bearer ${token}`;
    return {
      tls: cert && key ? { cert, key } : {},
      headers: { ...(authorization ? { authorization } : {}), ...impersonation(user, at) },
    };
  }

  async #exec(user: Entry, to: Omit<Connection, 'headers'>): Promise<ExecCredential> {
    const { env, clock } = this.options;
    const { ca, serverName, insecure } = to.tls;
    const cluster: ExecClusterInfo = {
      server: to.server,
      ...(serverName ? { 'tls-server-name': serverName } : {}),
      ...(insecure ? { 'insecure-skip-tls-verify': true } : {}),
      ...(ca ? { 'certificate-authority-data': Buffer.from(ca).toString('base64') } : {}),
      ...(to.proxyUrl ? { 'proxy-url': to.proxyUrl } : {}),
    };
    const key = JSON.stringify([user.value['exec'], cluster]);
    const usable = this.#plugged?.key === key && clock.now() < expiryOf(this.#plugged.credential) ? this.#plugged : undefined;
    this.#plugged = usable ?? { key, credential: await execCredential(user, { env, clock, cluster }) };
    const { credential } = this.#plugged;
    const { expiresAt } = credential;
    if (expiresAt !== undefined) {
      if (expiresAt <= clock.now()) {
        throw new KncError('KNC4011', 'The credential plugin gave a credential that has already expired', {
          where: `${user.file}: users[${user.name}].user.exec`,
        });
      }
      this.#expiresAt = Math.min(this.#expiresAt, Math.max(clock.now() + 1, expiryOf(credential)));
    }
    return credential;
  }
}

/** When a credential is to be asked for anew. */
const expiryOf = ({ expiresAt }: ExecCredential): number => (expiresAt ?? Number.POSITIVE_INFINITY) - EXPIRY_MARGIN_MS;

const digest = (connection: Connection): string => createHash('sha256').update(JSON.stringify(connection)).digest('hex');
