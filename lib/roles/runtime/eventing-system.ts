import { INGRESS_CLASS } from '../../control';
import { HttpListener, InnerFront } from '../../gateway';
import { type Store, StoreSpace } from '../../local';
import { EventingRuntime } from '../eventing';
import type { LinkServer } from '../link';
import { InstallationSettings } from './installation-settings';
import { type LinkOptions, listenForLinks, processId } from './linked';
import { begun, type EventPartOptions, type RuntimePorts, STOP_GRACE_MS } from './runtime-options';

export interface EventingSystemOptions extends EventPartOptions, Omit<LinkOptions, 'linkToken'> {
  readonly ports: Pick<RuntimePorts, 'internal'>;
  /** Where events are kept. @default in memory */
  readonly store?: Store;
  readonly deniedSinks?: readonly string[];
}

const PARTS = [
  ['settings', 'the ConfigMaps have not been read yet'],
  ['listeners', 'no events are taken yet'],
  ['events', 'brokers and channels are not open yet'],
] as const;

/** Role `eventing`: brokers, channels and endpoints, reached by Services of their own. */
export class EventingSystem {
  /** Resolves once events are taken. */
  static start(options: EventingSystemOptions): Promise<EventingSystem> {
    const system = new EventingSystem(options);
    return begun(system, () => system.#start());
  }

  readonly eventing: EventingRuntime;
  readonly #settings: InstallationSettings;
  readonly #listener: HttpListener;
  #links: LinkServer | undefined;

  private constructor(private readonly options: EventingSystemOptions) {
    const { cluster, clock, executor, random, log, metrics, accounts, ports, store, deniedSinks = [] } = options;
    const settings = new InstallationSettings({ cluster, clock, log, ingressClass: INGRESS_CLASS });
    this.#settings = settings;
    this.eventing = new EventingRuntime({
      ...{ cluster, clock, executor, random, log, metrics, accounts, deniedSinks, sources: false },
      get config() {
        return settings.current;
      },
      ...(store ? { store: new StoreSpace(store, 'eventing') } : {}),
      recovering: (what) => this.options.readiness?.need('events', what),
    });
    settings.onChange(() => this.eventing.settingsChanged());
    const gateway = new InnerFront({ clock, inner: this.eventing.inner });
    this.#listener = new HttpListener({ gateway, clock, log, host: '0.0.0.0', port: ports.internal, visibility: 'internal' });
  }

  /** Takes no more events; deliveries are broken off and made again by the next process that has the same store. */
  async stop(): Promise<void> {
    await this.#listener.close(STOP_GRACE_MS);
    await this.#links?.close();
    await this.eventing.stop();
    this.#settings.stop();
  }

  async #start(): Promise<void> {
    const { readiness, linkPort, identity } = this.options;
    for (const [name, why] of PARTS) readiness?.need(name, why);
    await this.#settings.start();
    readiness?.meet('settings');
    await this.#listener.listen();
    readiness?.meet('listeners');
    await this.eventing.start();
    this.#links = await listenForLinks(this.options, linkPort, {
      ...{ role: 'eventing', id: processId(identity), answerers: [this.eventing.answers, this.eventing.tokenSecrets] },
    });
    readiness?.meet('events');
  }
}
