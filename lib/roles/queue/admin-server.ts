import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { QUEUE_SIDECAR } from '../../api/queue-sidecar';
import type { Drainer } from './drainer';

/** How long it may take from one container's end until the pod's own is heard of, in milliseconds; upstream's. */
const PATIENCE_MS = 1000;

/** Where the containers of a pod wait, before they end, for the requests that are inside: `GET /wait-for-drain`, as the kubelet's hook. */
export class AdminServer {
  readonly #server: http.Server;

  private constructor(drainer: Drainer) {
    this.#server = http.createServer({ keepAliveTimeout: 0 }, (request, response) => {
      const say = (status: number, text: string) =>
        response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' }).end(text);
      if (request.url?.split('?', 1)[0] !== QUEUE_SIDECAR.drainPath) say(404, `not found: there is ${QUEUE_SIDECAR.drainPath}\n`);
      else void drainer.waitForDrain(PATIENCE_MS).then(() => say(200, ''));
    });
  }

  /** @param port 0 for any free one. Rejects if it cannot be had. */
  static async listen(drainer: Drainer, port: number): Promise<AdminServer> {
    const server = new AdminServer(drainer);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject);
      server.#server.listen(port, resolve);
    });
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resolves when everybody who waits has been told. Call it when the pod is drained. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}
