import type { Gateway, OuterIngressPods } from '../../gateway';
import { Ownership } from '../../gateway';
import { GatewayLease, type LinkServer, PeerLinks } from '../link';
import { GatewayAnswers } from '../local-answerers';
import { GatewayPart } from './gateway-part';
import { type LinkOptions, listenForLinks, processId } from './linked';
import { begun, type PartOptions, type RuntimePorts } from './runtime-options';

export interface GatewaySystemOptions extends PartOptions, LinkOptions {
  readonly ports: RuntimePorts;
  /** Pods of an ingress in front of the gateways. @default none */
  readonly outerIngress?: readonly OuterIngressPods[];
  /** Ranges of addresses of proxies that requests from outside come through. @default none */
  readonly trustedProxies?: readonly string[];
}

const PARTS = [
  ['gateway', 'Ingresses, revisions and pods have not been read yet'],
  ['listeners', 'no requests are taken yet'],
] as const;

/** Role `gateway`: one of several, which serve as long as they live, whoever leads. */
export class GatewaySystem {
  /** Resolves once requests are taken. */
  static start(options: GatewaySystemOptions): Promise<GatewaySystem> {
    const system = new GatewaySystem(options);
    return begun(system, () => system.#start());
  }

  readonly ownership: Ownership;
  readonly #part: GatewayPart;
  readonly #peers: PeerLinks;
  readonly #lease: GatewayLease;
  #links: LinkServer | undefined;

  private constructor(private readonly options: GatewaySystemOptions) {
    const { cluster, clock, executor, random, log, identity, linkToken } = options;
    this.ownership = new Ownership(processId(identity));
    const { ownership } = this;
    this.#lease = new GatewayLease({ cluster, clock, executor, ownership });
    this.#peers = new PeerLinks({
      ...{ clock, random, log, ownership, name: identity, token: linkToken, asker: () => this.gateway.asker },
    });
    this.#part = new GatewayPart({ ...options, shared: { ownership, peers: this.#peers } });
  }

  get gateway(): Gateway {
    return this.#part.gateway;
  }

  /** Takes no more requests; those under way end. It is led until then: what leaves a pod is to be known. */
  async stop(): Promise<void> {
    await this.#part.close();
    await this.#links?.close();
    this.#peers.stop();
    this.#lease.stop();
    await this.#part.stop();
  }

  async #start(): Promise<void> {
    const { readiness, linkPort } = this.options;
    for (const [name, why] of PARTS) readiness?.need(name, why);
    await this.#part.start();
    readiness?.meet('gateway');
    const { gateway, ownership } = this;
    this.#links = await listenForLinks(this.options, linkPort, {
      ...{ role: 'gateway', id: ownership.id, answerers: [new GatewayAnswers(gateway)] },
      gateway: { gateway, ownership, lease: this.#lease },
    });
    await this.#part.listen();
    readiness?.meet('listeners');
  }
}
