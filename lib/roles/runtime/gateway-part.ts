import { Gateway, type GatewayDeps, HttpListener, type InnerHosts, networkTransport } from '../../gateway';
import { type PartOptions, type RuntimePorts, STOP_GRACE_MS } from './runtime-options';

export interface GatewayPartOptions extends PartOptions {
  readonly ports: RuntimePorts;
  /** What of this process is reached through it. @default nothing */
  readonly inner?: InnerHosts;
  /** Where there are other gateways. @default there are none */
  readonly shared?: GatewayDeps['shared'];
}

/** The gateway with its two listeners. */
export class GatewayPart {
  readonly gateway: Gateway;
  readonly #listeners: readonly HttpListener[];

  constructor(options: GatewayPartOptions) {
    const { cluster, clock, executor, random, log, metrics, ports, identity, inner, shared } = options;
    this.gateway = new Gateway({
      ...{ cluster, clock, executor, random, log, metrics, transport: networkTransport(clock) },
      ...(inner ? { inner } : {}),
      ...(shared ? { shared } : {}),
      options: { reporter: identity },
    });
    const listener = (visibility: 'external' | 'internal') =>
      new HttpListener({ gateway: this.gateway, clock, log, host: '0.0.0.0', port: ports[visibility], visibility });
    this.#listeners = [listener('external'), listener('internal')];
  }

  /** Resolves once what the cluster says is known; then it can listen. */
  start(): Promise<void> {
    return this.gateway.start();
  }

  /** Resolves once requests are taken, with the ports. */
  async listen(): Promise<RuntimePorts> {
    const [external, internal] = await Promise.all(this.#listeners.map((listener) => listener.listen()));
    return { external: external!.port, internal: internal!.port };
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
