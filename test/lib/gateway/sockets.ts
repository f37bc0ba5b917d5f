import {
  createServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type RequestListener,
  request,
  type Server,
} from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { HttpListener, type HttpListenerOptions } from '../../../lib/gateway';
import { World } from './world';

export const HOST = 'r.default.example.com';

/** A gateway on a real socket in front of revision `r`, and servers that are its pods. */
export class SocketWorld {
  readonly world: World;
  readonly servers: Server[] = [];
  /** What else to end with the test, however it ends. */
  readonly closers: (() => void)[] = [];
  listener!: HttpListener;
  port = 0;

  constructor(options: ConstructorParameters<typeof World>[0] = {}) {
    this.world = new World({ real: true, ...options });
  }

  async start(spec: Parameters<World['revision']>[1] = {}, listener: Partial<HttpListenerOptions> = {}): Promise<this> {
    await this.world.revision('r', spec);
    await this.world.ingress('r', HOST, { r: 100 });
    await this.world.gateway.start();
    this.listener = new HttpListener({
      gateway: this.world.gateway,
      clock: this.world.clock,
      port: 0,
      visibility: 'external',
      ...listener,
    });
    this.port = (await this.listener.listen()).port;
    return this;
  }

  /** A pod that is a server with this handler. Returns the server and the pod's name. */
  async pod(
    handler: RequestListener,
    ready = true,
    prepare: (server: Server) => void = () => {},
  ): Promise<{ server: Server; port: number; name: string }> {
    const server = createServer(handler);
    prepare(server);
    const port = await listen(server);
    this.servers.push(server);
    const name = await this.world.pod('r', port, { ready });
    await this.settle();
    return { server, port, name };
  }

  /** Lets watches deliver what has just been written. */
  settle(): Promise<void> {
    return this.world.executor.idle();
  }

  async stop(): Promise<void> {
    await this.listener.close(200);
    await this.world.gateway.stop();
    for (const close of this.closers) close();
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
    expect(this.world.errors).toEqual([]);
  }

  /** A request over node:http, with every header as given. */
  send(
    options: { method?: string; path?: string; headers?: OutgoingHttpHeaders; body?: string | Buffer; port?: number } = {},
  ): Promise<{ status: number; headers: IncomingHttpHeaders; trailers: NodeJS.Dict<string>; body: string }> {
    return new Promise((resolve, reject) => {
      const { method = 'GET', path = '/', headers = {}, body, port = this.port } = options;
      const outgoing = request({ port, host: '127.0.0.1', method, path, headers: { host: HOST, ...headers }, agent: false });
      outgoing.on('error', reject);
      outgoing.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            headers: response.headers,
            trailers: response.trailers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      });
      outgoing.end(body);
    });
  }

  /** Writes bytes to the gateway and returns all that comes back until it closes the connection. */
  raw(text: string): Promise<string> {
    return new Promise((resolve) => {
      let answer = '';
      const socket = connect(this.port, '127.0.0.1', () => socket.write(text));
      socket.on('data', (chunk) => {
        answer += chunk;
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve(answer));
    });
  }
}

export function listen(server: Server): Promise<number> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}
