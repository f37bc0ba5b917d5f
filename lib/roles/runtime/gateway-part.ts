import { Gateway, type GatewayDeps, HttpListener, type InnerHosts, networkTransport } from '../../gateway';
import { type PartOptions, type RuntimePorts, STOP_GRACE_MS } from './runtime-options';

export interface GatewayPartOptions extends PartOptions {
  readonly ports: RuntimePorts;
  /** What of this process is reached through it. @default nothing */
  readonly inner?: InnerHosts;
  /** Where there are other gateways. @default there are none */
  readonly shared?: GatewayDeps['shared'];
}

/** The gateway with its listeners. */
export class GatewayPart {
  readonly gateway: Gateway;
  readonly #listeners: readonly HttpListener[];

  constructor(options: GatewayPartOptions) {
    const { cluster, clock, executor, random, log, metrics, ports, identity, inner, shared } = options;
    this.gateway = new Gateway({
      ...{ cluster, clock, executor, random, log, metrics, transport: networkTransport(clock) },
      ...(inner ? { inner } : {}),
      ...(shared ? { shared } : {}),
      options: { reporter: identity, https: ports.https !== undefined },
    });
    const common = { gateway: this.gateway, clock, log, host: '0.0.0.0' };
    const listener = (visibility: 'external' | 'internal') =>
      new HttpListener({ ...common, port: ports[visibility], visibility });
    const certificates = (servername: string) => this.gateway.secureContext(servername);
    const https = (port: number) => new HttpListener({ ...common, port, visibility: 'external', certificates });
    this.#listeners = [listener('external'), listener('internal'), ...(ports.https === undefined ? [] : [https(ports.https)])];
  }

  /** Resolves once what the cluster says is known; then it can listen. */
  start(): Promise<void> {
    return this.gateway.start();
  }

  /** Resolves once requests are taken, with the ports. */
  async listen(): Promise<RuntimePorts> {
    const [external, internal, https] = await Promise.all(this.#listeners.map((listener) => listener.listen()));
    return { external: external!.port, internal: internal!.port, ...(https ? { https: https.port } : {}) };
  }

  /** Takes no more requests; resolves when those under way have ended. */
  async close(): Promise<void> {
    this.gateway.drain();
    await Promise.all(this.#listeners.map((listener) => listener.close(STOP_GRACE_MS)));
  }

  /** After `close`. */
  stop(): Promise<void> {
    return this.gateway.stop();
  }
}
