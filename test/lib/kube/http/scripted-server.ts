import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RealClock } from '../../../../lib/base';
import type { Connection, ConnectionSource } from '../../../../lib/kube/kubeconfig';

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A server that gives prepared answers, one to a request; the last one for all that follow. */
export class ScriptedServer {
  readonly requests: {
    readonly method: string;
    readonly url: URL;
    readonly headers: IncomingMessage['headers'];
    readonly body: string;
  }[] = [];
  readonly #server: Server;
  #answers: Answer[] = [];

  static async start(...answers: Answer[]): Promise<ScriptedServer> {
    return ScriptedServer.startAt(0, ...answers);
  }

  static async startAt(port: number, ...answers: Answer[]): Promise<ScriptedServer> {
    const server = new ScriptedServer(answers);
    await new Promise<void>((resolve) => server.#server.listen(port, '127.0.0.1', resolve));
    return server;
  }

  private constructor(answers: Answer[]) {
    this.#answers = answers;
    this.#server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        this.requests.push({
          method: request.method!,
          url: new URL(request.url!, 'http://server'),
          headers: request.headers,
          body,
        });
        const answer = this.#answers.length > 1 ? this.#answers.shift()! : this.#answers[0]!;
        answer(request, response, body);
      });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Values of a query parameter, request by request. */
  asked(parameter: string): (string | null)[] {
    return this.requests.map(({ url }) => url.searchParams.get(parameter));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export const json =
  (code: number, value: unknown, headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
  };

export const status = (code: number, reason: string, message: string, more: object = {}): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  code,
  ...more,
});

/** A stream of these lines, which then ends in order, breaks, or stays open. */
export const stream =
  (lines: readonly object[], end: 'end' | 'break' | 'open' = 'end'): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    if (end === 'end') response.end();
    // What was written has to arrive before the connection goes.
    else if (end === 'break') response.write(' ', () => response.socket?.destroySoon());
    else response.flushHeaders();
  };

/** A connection that is cut before any answer. */
export const cut: Answer = (request) => request.socket.destroy();

/** A clock that does not wait between attempts, and remembers how long it should have. */
export class HurriedClock extends RealClock {
  readonly slept: number[] = [];
  /** What happens meanwhile. */
  onSleep: () => void = () => {};

  override async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.slept.push(Math.round(ms));
    this.onSleep();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Always the same connection. */
export function fixedSource(server: string, more: Partial<Connection> = {}): ConnectionSource {
  const connection: Connection = { server, tls: {}, headers: {}, ...more };
  return { namespace: 'default', get: async () => connection, invalidate: () => {} };
}
