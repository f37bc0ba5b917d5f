import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { KncError } from '../../base';

export interface HealthChecks {
  /** Why the process should be started anew, a line each; empty: it lives. */
  live(): Promise<readonly string[]>;
  /** Why nothing should be sent to it, a line each; empty: it is ready. */
  ready(): readonly string[];
}

/**
 * Answers the kubelet: `/healthz` whether this process makes progress, `/readyz` whether it can do its work. 200 and `ok`, or 503 and
 * what is missing, a line each. Whoever reaches the port may ask.
 */
export class HealthServer {
  readonly #server: http.Server;

  private constructor(private readonly checks: HealthChecks) {
    this.#server = http.createServer({ keepAliveTimeout: 0 }, (request, response) => void this.#answer(request, response));
  }

  /** @param port 0 for any free one. @param host @default all addresses. @throws KncError KNC4005 if the port cannot be had. */
  static async listen(checks: HealthChecks, port: number, host?: string): Promise<HealthServer> {
    const server = new HealthServer(checks);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', (error: NodeJS.ErrnoException) =>
        reject(
          new KncError('KNC4005', `port ${port}, for health, cannot be had: ${error.code ?? error.message}`, {
            remedy: 'Choose another port with --health-port.',
            cause: error,
          }),
        ),
      );
      server.#server.listen(port, host, resolve);
    });
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer({ method, url = '' }: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const say = (status: number, lines: readonly string[]) =>
      response
        .writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
        .end(`${lines.join('\n')}\n`);
    const path = url.split('?', 1)[0];
    if (method !== 'GET' && method !== 'HEAD') return void say(405, ['health can only be read']);
    if (path !== '/healthz' && path !== '/readyz') return void say(404, ['not found: there are /healthz and /readyz']);
    const missing = path === '/healthz' ? await this.checks.live() : this.checks.ready();
    say(missing.length === 0 ? 200 : 503, missing.length === 0 ? ['ok'] : missing);
  }
}
