import { createServer, type IncomingHttpHeaders, type RequestListener, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { noLog, RealClock, systemRandom } from '../../../../lib/base';
import { QueueProcess, type QueueSettings } from '../../../../lib/roles/queue';

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

export const settingsOf = (userPort: number, more: Partial<QueueSettings> = {}): QueueSettings => ({
  ...{ port: 0, protocol: 'http1', userPort, concurrency: 1, timeouts: { total: 0, responseStart: 0, idle: 0 } },
  ...{
    probe: { tcpSocket: { port: userPort }, periodSeconds: 1 },
    namespace: 'default',
    service: 'hello',
    configuration: 'hello',
  },
  ...{ revision: 'hello-00001', pod: 'hello-1' },
  ...more,
});

/** A sidecar over real sockets, in front of a server that is the user's container. */
export class Sidecar {
  readonly #interrupts: (() => void)[] = [];
  readonly ended: Promise<boolean>;

  private constructor(
    readonly user: Server | undefined,
    settings: QueueSettings,
    onListening: (ports: Sidecar['ports']) => void,
  ) {
    this.ended = new QueueProcess({
      ...{ settings, clock: new RealClock(), random: systemRandom, log: noLog, drainDelayMs: 0 },
      ports: { admin: 0, metrics: 0 },
      onInterrupt: (fn) => {
        this.#interrupts.push(fn);
        return () => {};
      },
      onListening,
    }).run();
  }

  ports = { requests: 0, admin: 0, metrics: 0 };

  static async of(handler: RequestListener, more: Partial<QueueSettings> = {}): Promise<Sidecar> {
    const user = createServer(handler);
    await new Promise<void>((resolve) => user.listen(0, '127.0.0.1', resolve));
    return Sidecar.at((user.address() as AddressInfo).port, more, user);
  }

  static async at(userPort: number, more: Partial<QueueSettings> = {}, user?: Server): Promise<Sidecar> {
    let sidecar: Sidecar;
    await new Promise<void>((resolve, reject) => {
      sidecar = new Sidecar(user, settingsOf(userPort, more), (ports) => {
        sidecar.ports = ports;
        resolve();
      });
      sidecar.ended.catch(reject);
    });
    return sidecar!;
  }

  /** Tells the process to end. */
  interrupt(): void {
    for (const fn of this.#interrupts) fn();
  }

  async stop(): Promise<void> {
    this.user?.closeAllConnections();
    this.user?.close();
    this.interrupt();
    await this.ended;
  }

  send(path = '/', headers: Record<string, string> = {}, port = this.ports.requests): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const outgoing = request({ port, host: '127.0.0.1', path, headers: { host: 'hello.example', ...headers }, agent: false });
      outgoing.on('error', reject);
      outgoing.on('response', (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode!, body, headers: response.headers }));
      });
      outgoing.end();
    });
  }

  probe(value = 'queue'): Promise<Answer> {
    return this.send('/', { 'K-Network-Probe': value });
  }

  metrics(): Promise<string> {
    return this.send('/metrics', {}, this.ports.metrics).then(({ body }) => body);
  }

  /** Resolves when so many requests are inside the container or wait for it. */
  async holds(requests: number): Promise<void> {
    while (!(await this.metrics()).includes(`\nkn_serving_queue_depth ${requests}\n`)) await new Promise(setImmediate);
  }
}

/** A container that answers when it is told to, and knows how many requests were inside at once. */
export class Gated {
  most = 0;
  seen = 0;
  #inside = 0;
  #open = false;
  #waiting: (() => void)[] = [];

  readonly handler: RequestListener = (_request, response) => {
    this.seen++;
    this.most = Math.max(this.most, ++this.#inside);
    const answer = () => {
      this.#inside--;
      response.end('done');
    };
    if (this.#open) answer();
    else this.#waiting.push(answer);
  };

  open(): void {
    this.#open = true;
    for (const answer of this.#waiting.splice(0)) answer();
  }
}
