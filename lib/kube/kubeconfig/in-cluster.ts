import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Clock, errorMessage, KncError } from '../../base';
import type { Connection, ConnectionSource } from './connection';

export interface InClusterOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** @default where Kubernetes mounts it */
  readonly folder?: string;
}

const FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';
/** How often the token is read again, in milliseconds: the kubelet replaces it well before it expires. */
const TOKEN_MS = 60_000;

/** True in a pod that Kubernetes told where its API server is. */
export function isInCluster(env: InClusterOptions['env']): boolean {
  return Boolean(env['KUBERNETES_SERVICE_HOST'] && env['KUBERNETES_SERVICE_PORT']);
}

/** The API server of the cluster that this pod runs in, as the pod's service account. */
export class InClusterConnection implements ConnectionSource {
  #current: Connection | undefined;
  #readAt = 0;

  constructor(private readonly options: InClusterOptions) {}

  get namespace(): string {
    return this.#read('namespace').trim() || 'default';
  }

  async get(): Promise<Connection> {
    const now = this.options.clock.now();
    if (this.#current && now - this.#readAt < TOKEN_MS) return this.#current;
    const made = this.#make();
    if (JSON.stringify(made) !== JSON.stringify(this.#current)) this.#current = made;
    this.#readAt = now;
    return this.#current!;
  }

  invalidate(connection: Connection): void {
    if (connection === this.#current) this.#readAt = 0;
  }

  #make(): Connection {
    const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '' } = this.options.env;
    const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
    return { server, tls: { ca: this.#read('ca.crt') }, headers: { authorization: `Bearer ${this.#read('token').trim()}` } };
  }

  #read(name: string): string {
    const file = path.join(this.options.folder ?? FOLDER, name);
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      throw new KncError('KNC4011', `The service account of this pod cannot be read: ${errorMessage(error)}`, {
        where: file,
        remedy: 'Let the pod mount its service account token (automountServiceAccountToken).',
        cause: error,
      });
    }
  }
}
