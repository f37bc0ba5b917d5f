import type { EndpointSubset } from '../../api';
import { type Autoscaler, GatewayAddresses, INGRESS_CLASS } from '../../control';
import type { Gateway } from '../../gateway';
import { StoreSpace } from '../../local';
import { EventingRuntime } from '../eventing';
import { GatewayAnswers } from '../local-answerers';
import { ControllerPart, type DataPlane } from './controller-part';
import { GatewayPart } from './gateway-part';
import { InstallationSettings } from './installation-settings';
import { begun, type RuntimeSystemOptions } from './runtime-options';

/** What is started, one after the other, and what is waited for. */
const PARTS = [
  ['settings', 'the ConfigMaps have not been read yet'],
  ['gateway', 'Ingresses, revisions and pods have not been read yet'],
  ['listeners', 'no requests are taken yet'],
] as const;
const EVENTS = ['events', 'brokers and channels are not open yet'] as const;

/**
 * The runtime of a cluster in one process: gateway, autoscaler, controllers, and brokers and channels if events are served. The gateway
 * serves as long as the process lives; controllers work while this process leads.
 */
export class RuntimeSystem {
  /** Starts everything; resolves once requests are taken. */
  static start(options: RuntimeSystemOptions): Promise<RuntimeSystem> {
    const system = new RuntimeSystem(options);
    return begun(system, () => system.#start());
  }

  readonly eventing: EventingRuntime | undefined;
  readonly #settings: InstallationSettings;
  readonly #gateway: GatewayPart;
  readonly #controllers: ControllerPart;
  readonly #addresses = new GatewayAddresses();

  private constructor(private readonly options: RuntimeSystemOptions) {
    const { cluster, clock, log, eventing = true } = options;
    this.#settings = new InstallationSettings({ cluster, clock, log, eventing, ingressClass: INGRESS_CLASS });
    this.eventing = eventing ? this.#eventing() : undefined;
    this.#gateway = new GatewayPart({ ...options, ...(this.eventing ? { inner: this.eventing.inner } : {}) });
    this.#controllers = new ControllerPart({ ...options, settings: this.#settings, dataPlane: () => this.#dataPlane() });
    this.gateway.onStats((stats) => this.#autoscaler.record(stats));
  }

  get gateway(): Gateway {
    return this.#gateway.gateway;
  }

  /** Whether the controllers of this process are those that work. */
  get leads(): boolean {
    return this.#controllers.leads;
  }

  /**
   * Takes no more requests, lets those under way end while controllers still give them pods, breaks deliveries off, and gives the
   * lease back.
   */
  async stop(): Promise<void> {
    await this.#gateway.close();
    await this.eventing?.stop();
    await this.#controllers.stop();
    this.#settings.stop();
    await this.#gateway.stop();
  }

  get #autoscaler(): Autoscaler {
    return this.#controllers.autoscaler;
  }

  async #start(): Promise<void> {
    const { readiness } = this.options;
    for (const [name, why] of this.eventing ? [...PARTS, EVENTS] : PARTS) readiness?.need(name, why);
    await this.#settings.start();
    readiness?.meet('settings');
    await this.#gateway.start();
    readiness?.meet('gateway');
    await this.#gateway.listen();
    readiness?.meet('listeners');
    this.#addresses.set([this.#subset()]);
    await this.eventing?.start();
    readiness?.meet('events');
    this.#controllers.start();
  }

  /** Everything is in this process: there is nothing to find. */
  #dataPlane(): DataPlane {
    const events = this.eventing ? [this.eventing.answers, this.eventing.tokenSecrets] : [];
    const answerers = [this.#addresses, new GatewayAnswers(this.gateway), ...events];
    return { answerers, start: () => Promise.resolve(), stop() {} };
  }

  #eventing(): EventingRuntime {
    const { cluster, clock, executor, random, log, metrics, accounts, store, deniedSinks = [] } = this.options;
    const settings = this.#settings;
    return new EventingRuntime({
      ...{ cluster, clock, executor, random, log, metrics, accounts, deniedSinks, gateway: () => this.gateway },
      get config() {
        return settings.current;
      },
      ...(store ? { store: new StoreSpace(store, 'eventing') } : {}),
      recovering: (what) => this.options.readiness?.need('events', what),
    });
  }

  #subset(): EndpointSubset {
    const { podIp, ports } = this.options;
    return {
      addresses: [{ ip: podIp }],
      ports: ['http', 'http2'].map((name) => ({ name, port: ports.internal, protocol: 'TCP' })),
    };
  }
}
