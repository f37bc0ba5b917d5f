import { inAddressRanges } from '../../base';
import {
  Gateway,
  type GatewayDeps,
  HttpListener,
  type InnerHosts,
  networkTransport,
  OuterIngress,
  type OuterIngressPods,
} from '../../gateway';
import { type PartOptions, type RuntimePorts, STOP_GRACE_MS } from './runtime-options';

export interface GatewayPartOptions extends PartOptions {
  readonly ports: RuntimePorts;
  /** What of this process is reached through it. @default nothing */
  readonly inner?: InnerHosts;
  /** Where there are other gateways. @default there are none */
  readonly shared?: GatewayDeps['shared'];
  /** Pods that may name revisions by headers. @default none */
  readonly outerIngress?: readonly OuterIngressPods[];
  /** Ranges of addresses of proxies that requests from outside come through. @default none */
  readonly trustedProxies?: readonly string[];
}

/** The gateway with its listeners. */
export class GatewayPart {
  readonly gateway: Gateway;
  readonly #listeners: readonly HttpListener[];
  readonly #outer: OuterIngress | undefined;

  constructor(options: GatewayPartOptions) {
    const { cluster, clock, executor, random, log, metrics, ports, identity, inner, shared } = options;
    const { outerIngress = [], trustedProxies = [] } = options;
    this.gateway = new Gateway({
      ...{ cluster, clock, executor, random, log, metrics, transport: networkTransport(clock) },
      ...(inner ? { inner } : {}),
      ...(shared ? { shared } : {}),
      options: { reporter: identity, https: ports.https !== undefined },
    });
    const common = { gateway: this.gateway, clock, log, host: '0.0.0.0' };
    const outer = outerIngress.length > 0 ? new OuterIngress({ cluster, clock, log, pods: outerIngress }) : undefined;
    this.#outer = outer;
    const outside = {
      ...{ ...common, visibility: 'external' as const },
      ...(trustedProxies.length > 0 ? { trusted: inAddressRanges(trustedProxies) } : {}),
    };
    const external = new HttpListener({ ...outside, port: ports.external });
    const internal = new HttpListener({
      ...{ ...common, port: ports.internal, visibility: 'internal' as const },
      ...(outer ? { outer: (address) => outer.has(address) } : {}),
    });
    const certificates = (servername: string) => this.gateway.secureContext(servername);
    const https = (port: number) => new HttpListener({ ...outside, port, certificates });
    this.#listeners = [external, internal, ...(ports.https === undefined ? [] : [https(ports.https)])];
  }

  /** Resolves once what the cluster says is known; then it can listen. */
  async start(): Promise<void> {
    await this.#outer?.start();
    await this.gateway.start();
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
    this.#outer?.stop();
    return this.gateway.stop();
  }
}
