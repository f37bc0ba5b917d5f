import http from 'node:http';
import { NODE } from './platform';
import { ask, clock } from './tools';

const BROKERS = 'broker-ingress.knative-eventing.svc.cluster.local';

/** A subscriber on the node, which remembers the ids of the events that it got. */
export class NodeSink {
  readonly got = new Map<string, number>();
  readonly #server = http.createServer((request, response) => {
    const id = String(request.headers['ce-id']);
    this.got.set(id, (this.got.get(id) ?? 0) + 1);
    request.resume();
    response.writeHead(202).end();
  });

  constructor(private readonly port: number) {}

  get url(): string {
    return `http://${NODE}:${this.port}/`;
  }

  open(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(this.port, '0.0.0.0', resolve));
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** Sends events to a broker until it is stopped, and remembers which of them were acknowledged. */
export class Producer {
  readonly acknowledged: string[] = [];
  /** Answers by status; 0: the connection broke, or there was none. */
  readonly answers = new Map<number, number>();
  #stopped = false;
  #id = 0;
  readonly #workers: readonly Promise<void>[];

  /** @param address of the Service in front of the broker, at any time */
  constructor(
    private readonly address: string,
    private readonly broker: string,
    { workers = 4, pauseMs = 20 }: { readonly workers?: number; readonly pauseMs?: number } = {},
  ) {
    this.#workers = Array.from({ length: workers }, () => this.#send(pauseMs));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#workers);
  }

  async #send(pauseMs: number): Promise<void> {
    while (!this.#stopped) {
      const id = String(++this.#id);
      const headers = { 'ce-specversion': '1.0', 'ce-id': id, 'ce-source': '/chaos', 'ce-type': 'chaos' };
      const options = { method: 'POST', path: `/default/${this.broker}`, headers, timeout: 5000 };
      const { status } = await ask(this.address, 80, BROKERS, options);
      this.answers.set(status, (this.answers.get(status) ?? 0) + 1);
      if (status === 202) this.acknowledged.push(id);
      await clock.sleep(pauseMs);
    }
  }
}
