import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RegistryServerOptions {
  /** Who may pull, by name; undefined: everybody. */
  readonly users?: Readonly<Record<string, string>>;
  /** How they prove who they are. @default 'bearer' */
  readonly auth?: 'bearer' | 'basic';
  /** Where it listens. @default '127.0.0.1' */
  readonly host?: string;
  /** Does something else with a request: true if it was answered. */
  readonly instead?: (request: http.IncomingMessage, response: http.ServerResponse, server: RegistryServer) => boolean;
}

/** A registry on loopback with one image, `team/app:v1`, and the tokens that it takes. */
export class RegistryServer {
  static async start(options: RegistryServerOptions = {}): Promise<RegistryServer> {
    const server = new RegistryServer(options);
    await new Promise<void>((resolve) => server.#http.listen(0, server.#address, resolve));
    return server;
  }

  readonly manifest = Buffer.from('{"schemaVersion":2}');
  readonly digest = `sha256:${createHash('sha256').update(this.manifest).digest('hex')}`;
  /** What was asked: method, path, and what came as Authorization. */
  readonly asked: string[] = [];
  readonly headers: http.IncomingHttpHeaders[] = [];
  readonly #http: http.Server;

  private constructor(private readonly options: RegistryServerOptions) {
    this.#http = http.createServer((request, response) => this.#answer(request, response));
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  get host(): string {
    return `${this.#address}:${this.port}`;
  }

  get #address(): string {
    return this.options.host ?? '127.0.0.1';
  }

  get image(): string {
    return `${this.host}/team/app:v1`;
  }

  get byDigest(): string {
    return `${this.host}/team/app@${this.digest}`;
  }

  /** How often manifests were asked for. */
  get manifests(): number {
    return this.asked.filter((line) => line.includes('/manifests/')).length;
  }

  async stop(): Promise<void> {
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  #answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const { method, url = '', headers } = request;
    this.asked.push(`${method} ${url} ${headers.authorization ?? '-'}`);
    this.headers.push(headers);
    if (this.options.instead?.(request, response, this)) return;
    if (url.startsWith('/token')) this.#token(request, response);
    else if (!this.#mayPull(headers.authorization)) {
      const challenge =
        this.options.auth === 'basic'
          ? 'Basic realm="registry"'
          : `Bearer realm="http://${this.host}/token",service="registry",scope="repository:other:push"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
    } else if (url !== '/v2/team/app/manifests/v1') response.writeHead(404).end();
    else {
      response.writeHead(200, { 'docker-content-digest': this.digest, 'content-length': this.manifest.length });
      response.end(method === 'HEAD' ? undefined : this.manifest);
    }
  }

  #mayPull(authorization = ''): boolean {
    const { users, auth } = this.options;
    if (!users) return true;
    return auth === 'basic' ? this.#isUser(authorization) : authorization === 'Bearer good';
  }

  #isUser(authorization: string): boolean {
    const [name = '', password] = Buffer.from(authorization.slice('Basic '.length), 'base64').toString('utf8').split(':');
    return password !== undefined && this.options.users?.[name] === password;
  }

  #token({ headers }: http.IncomingMessage, response: http.ServerResponse): void {
    const token = this.#isUser(headers.authorization ?? '') ? 'good' : 'useless';
    response.end(JSON.stringify({ token, expires_in: 300 }));
  }
}
