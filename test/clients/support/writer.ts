import { readFileSync } from 'node:fs';
import { Pool } from 'undici';
import { parse } from 'yaml';

interface Kubeconfig {
  readonly clusters: readonly [{ readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } }];
  readonly users: readonly [{ readonly user: { readonly token: string } }];
}

/** Writes ConfigMaps as fast as the server takes them, over one connection, and remembers the version of each write. */
export class Writer {
  readonly #pool: Pool;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(kubeconfig: string) {
    const { clusters, users } = parse(readFileSync(kubeconfig, 'utf8')) as Kubeconfig;
    const { server, 'certificate-authority-data': ca } = clusters[0].cluster;
    this.#pool = new Pool(server, { connections: 1, connect: { ca: Buffer.from(ca, 'base64') } });
    this.#headers = { authorization: `Bearer ${users[0].user.token}` };
  }

  async create(name: string): Promise<string> {
    return this.#send('POST', '', 'application/json', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
  }

  /** Returns the version that the write made. */
  async write(name: string, value: string): Promise<string> {
    return this.#send('PATCH', `/${name}`, 'application/merge-patch+json', { data: { value } });
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #send(method: 'POST' | 'PATCH', path: string, type: string, body: object): Promise<string> {
    const answer = await this.#pool.request({
      ...{ method, path: `/api/v1/namespaces/default/configmaps${path}`, body: JSON.stringify(body) },
      headers: { ...this.#headers, 'content-type': type },
    });
    const object = (await answer.body.json()) as { metadata: { resourceVersion: string } };
    if (answer.statusCode >= 300) throw new Error(JSON.stringify(object));
    return object.metadata.resourceVersion;
  }
}
