import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { KncError } from '../../base';
import type { PrometheusMetrics } from './prometheus-metrics';

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;
const HOST = '127.0.0.1';

export interface MetricsServerOptions {
  /** Listen on all addresses, and answer whatever the Host: for a pod, whose port only the cluster reaches. @default false */
  readonly anywhere?: boolean;
}

/**
 * Shows metrics on `http://127.0.0.1:PORT/metrics`, to be read by Prometheus or curl. Whoever may use this machine may read
 * them: names of services and numbers, nothing else. A page in a browser may not: the Host must be a loopback name.
 */
export class MetricsServer {
  readonly #server: http.Server;

  private constructor(
    private readonly metrics: PrometheusMetrics,
    private readonly options: MetricsServerOptions,
  ) {
    this.#server = http.createServer((request, response) => void this.#answer(request, response));
  }

  /** @param port 0 for any free one. @throws KncError KNC4005 if the port cannot be had. */
  static async listen(metrics: PrometheusMetrics, port: number, options: MetricsServerOptions = {}): Promise<MetricsServer> {
    const server = new MetricsServer(metrics, options);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', (error: NodeJS.ErrnoException) =>
        reject(
          new KncError('KNC4005', `port ${port}, for metrics, cannot be had: ${error.code ?? error.message}`, {
            remedy: 'Choose another port with --metrics-port, or --metrics-port 0 for any free one.',
            cause: error,
          }),
        ),
      );
      server.#server.listen(port, options.anywhere ? undefined : HOST, resolve);
    });
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://${HOST}:${this.port}/metrics`;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer({ method, url, headers }: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const say = (status: number, text: string) => response.writeHead(status, { 'content-type': 'text/plain' }).end(`${text}\n`);
    if (!this.options.anywhere && !LOOPBACK.test(headers.host ?? '')) say(403, 'the Host must be a loopback name');
    else if (method !== 'GET' && method !== 'HEAD') say(405, 'metrics can only be read');
    else if (url?.split('?')[0] !== '/metrics') say(404, 'not found: metrics are at /metrics');
    else {
      const text = await this.metrics.text();
      response.writeHead(200, { 'content-type': this.metrics.contentType }).end(text);
    }
  }
}
