import type { IncomingMessage as Message, OutgoingHttpHeaders } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { allTypes, type KubeObject, NamespaceType } from '../../../../lib/api';
import { noLog, RealClock, seededRandom } from '../../../../lib/base';
import { ApiServer, type ApiServerOptions, selfSignedCertificate, servedResource } from '../../../../lib/local/api-server';
import { MemoryCluster } from '../../../../lib/local/cluster';

export const TOKEN = 'a-token-for-tests';

export interface Answer {
  readonly code: number;
  readonly headers: Message['headers'];
  readonly text: string;
  // What was parsed is looked at field by field.
  readonly json: Record<string, unknown> & { readonly message?: string; readonly reason?: string };
}

export interface Sent {
  readonly method?: string;
  readonly body?: unknown;
  readonly contentType?: string | undefined;
  readonly headers?: OutgoingHttpHeaders;
  readonly token?: string | undefined;
}

/** An API server over a cluster in memory, and a client of it. */
export class TestServer {
  static async start(more: Partial<ApiServerOptions> = {}, given: { history?: number; cluster?: MemoryCluster } = {}) {
    const clock = new RealClock({ unref: true });
    const { cluster = new MemoryCluster({ clock, random: seededRandom(1), types: allTypes, ...given }) } = given;
    await ensureNamespace(cluster, 'default');
    const certificate = selfSignedCertificate(clock.now());
    const resources = allTypes.map((type) => servedResource(type, cluster));
    const server = new ApiServer({ clock, log: noLog, token: TOKEN, certificate, resources, ...more });
    return new TestServer(server, cluster, await server.listen(), certificate.certificate);
  }

  readonly #agent: Agent;

  private constructor(
    readonly server: ApiServer,
    readonly cluster: MemoryCluster,
    readonly url: string,
    readonly certificate: string,
  ) {
    this.#agent = new Agent({ ca: certificate, keepAlive: true, servername: 'localhost' });
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    await this.server.close();
  }

  async send(path: string, { method = 'GET', body, ...sent }: Sent = {}): Promise<Answer> {
    const response = await this.open(path, { method, body, ...sent });
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const isJson = response.headers['content-type']?.startsWith('application/json') && text !== '';
    return { code: response.statusCode ?? 0, headers: response.headers, text, json: isJson ? JSON.parse(text) : {} };
  }

  /** The answer once its head is there. */
  open(path: string, { method = 'GET', body, contentType, headers, token = TOKEN }: Sent = {}): Promise<Message> {
    const bytes =
      body === undefined ? undefined : typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const type = contentType ?? (bytes === undefined ? undefined : 'application/json');
    return new Promise((resolve, reject) => {
      const request = httpsRequest(new URL(path, this.url), {
        method,
        agent: this.#agent,
        headers: {
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...(type ? { 'content-type': type } : {}),
          ...(bytes === undefined ? {} : { 'content-length': Buffer.byteLength(bytes) }),
          ...headers,
        },
      });
      request.once('response', (response: Message) => resolve(response));
      request.once('error', reject);
      request.end(bytes);
    });
  }

  /** The events of a watch, as they come. */
  async watch(path: string): Promise<WatchReader> {
    return new WatchReader(await this.open(path));
  }
}

async function ensureNamespace(cluster: MemoryCluster, name: string): Promise<void> {
  if (await cluster.get(NamespaceType, undefined, name)) return;
  await cluster.create(NamespaceType, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
}

export interface ReadEvent {
  readonly type: string;
  readonly object: KubeObject & Record<string, unknown>;
}

/** Reads the lines of a watch one by one. */
export class WatchReader {
  readonly #lines: AsyncGenerator<string>;

  constructor(readonly response: Message) {
    this.#lines = lines(response);
  }

  /** The next event, or undefined at the end. */
  async next(): Promise<ReadEvent | undefined> {
    const { value, done } = await this.#lines.next();
    return done ? undefined : JSON.parse(value);
  }

  async take(count: number): Promise<ReadEvent[]> {
    const events: ReadEvent[] = [];
    while (events.length < count) {
      const event = await this.next();
      if (!event) break;
      events.push(event);
    }
    return events;
  }

  close(): void {
    this.response.destroy();
  }
}

async function* lines(response: Message): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of response) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
}

export const configMap = (name: string, data: Record<string, string> = {}, namespace = 'default'): KubeObject =>
  ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data }) as KubeObject;

export const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
