import type { EndpointSubset, ServingConfig } from '../../api';
import { type Clock, type Executor, errorMessage, type Log, type Metrics, type Random } from '../../base';
import {
  Autoscaler,
  autoscalingReconcilers,
  Engine,
  eventingReconcilers,
  GatewayAddresses,
  INGRESS_CLASS,
  servingReconcilers,
} from '../../control';
import { Gateway, HttpListener, networkTransport } from '../../gateway';
import { type Cluster, LeaderElection } from '../../kube';
import { type Store, StoreSpace } from '../../local';
import { ClusterAnswers, type ClusterAnswersOptions } from '../cluster-answers';
import { EventingRuntime } from '../eventing';
import type { Readiness } from '../health';
import { GatewayAnswers } from '../local-answerers';
import { InstallationSettings } from './installation-settings';

/** Where the runtime listens, and how it is reached. */
export interface RuntimePorts {
  /** For requests from outside the cluster. */
  readonly external: number;
  /** For requests by cluster-local names. */
  readonly internal: number;
}

export interface RuntimeSystemOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly ports: RuntimePorts;
  /** Address of this pod, which the Services of revisions lead to. */
  readonly podIp: string;
  /** Name of this pod: who holds the lease. */
  readonly identity: string;
  /** Namespace of the lease. */
  readonly namespace: string;
  /** Where events are kept. @default in memory */
  readonly store?: Store;
  /** Addresses to which no event may be sent. @default those to which none may be sent anywhere */
  readonly deniedSinks?: readonly string[];
  /** How registries are asked for digests. @default by public certificates, at addresses that are not of this machine or its cloud */
  readonly registries?: ClusterAnswersOptions['registries'];
  /** Told what is not there yet. */
  readonly readiness?: Readiness;
}

/** What is started, one after the other, and what is waited for. */
const PARTS = [
  ['settings', 'the ConfigMaps have not been read yet'],
  ['gateway', 'Ingresses, revisions and pods have not been read yet'],
  ['listeners', 'no requests are taken yet'],
  ['events', 'brokers and channels are not open yet'],
] as const;
/** How long a status that is not final may wait for what comes of it, in milliseconds. */
const SETTLE_MS = 1000;
/** When controllers that could not start try again, in milliseconds. */
const LEAD_RETRY_MS = 2000;
/** How long requests under way may take when the process is to end, in milliseconds. */
const STOP_GRACE_MS = 25_000;

/**
 * The runtime of a cluster in one process: gateway, autoscaler, controllers, brokers and channels. The gateway serves as long as the
 * process lives; controllers work while this process leads.
 */
export class RuntimeSystem {
  /** Starts everything; resolves once requests are taken. */
  static async start(options: RuntimeSystemOptions): Promise<RuntimeSystem> {
    const system = new RuntimeSystem(options);
    try {
      await system.#start();
    } catch (error) {
      await system.stop();
      throw error;
    }
    return system;
  }

  readonly gateway: Gateway;
  readonly eventing: EventingRuntime;
  readonly #settings: InstallationSettings;
  readonly #autoscaler: Autoscaler;
  readonly #addresses = new GatewayAddresses();
  readonly #listeners: readonly HttpListener[];
  readonly #election: LeaderElection;
  readonly #answers: ClusterAnswers;
  #engine: Engine<ServingConfig> | undefined;
  /** Changes of who leads, one after the other. */
  #leading: Promise<void> = Promise.resolve();

  private constructor(private readonly options: RuntimeSystemOptions) {
    const { cluster, clock, executor, random, log, metrics, ports, identity, namespace, store, deniedSinks = [] } = options;
    const settings = new InstallationSettings({ cluster, clock, log, ingressClass: INGRESS_CLASS });
    this.#settings = settings;
    this.eventing = new EventingRuntime({
      ...{ cluster, clock, executor, random, log, metrics, deniedSinks, gateway: () => this.gateway },
      get config() {
        return settings.current;
      },
      ...(store ? { store: new StoreSpace(store, 'eventing') } : {}),
    });
    this.gateway = new Gateway({
      ...{ cluster, clock, executor, random, log, metrics, transport: networkTransport(clock) },
      inner: this.eventing.inner,
      options: { reporter: identity },
    });
    this.#answers = new ClusterAnswers(options);
    this.#autoscaler = new Autoscaler({ clock, executor, log, metrics });
    this.gateway.onStats((stats) => this.#autoscaler.record(stats));
    const listener = (visibility: 'external' | 'internal') =>
      new HttpListener({ gateway: this.gateway, clock, log, host: '0.0.0.0', port: ports[visibility], visibility });
    this.#listeners = [listener('external'), listener('internal')];
    this.#election = new LeaderElection({
      ...{ cluster, clock, executor, log, namespace, identity, name: 'knative-constructs-controller' },
      onChange: (leads) => {
        this.#leading = this.#leading.then(() => this.#lead(leads));
      },
    });
    settings.onChange((config) => this.#engine?.setConfig(config));
  }

  /** Whether the controllers of this process are those that work. */
  get leads(): boolean {
    return this.#election.leads;
  }

  /**
   * Takes no more requests, lets those under way end while controllers still give them pods, breaks deliveries off, and gives the
   * lease back.
   */
  async stop(): Promise<void> {
    this.gateway.drain();
    await Promise.all(this.#listeners.map((listener) => listener.close(STOP_GRACE_MS)));
    await this.eventing.stop();
    await this.#election.stop();
    await this.#leading;
    await this.#answers.stop();
    this.#autoscaler.stop();
    this.#settings.stop();
    await this.gateway.stop();
  }

  async #start(): Promise<void> {
    for (const [name, why] of PARTS) this.options.readiness?.need(name, why);
    await this.#settings.start();
    this.options.readiness?.meet('settings');
    await this.gateway.start();
    this.options.readiness?.meet('gateway');
    await Promise.all(this.#listeners.map((listener) => listener.listen()));
    this.options.readiness?.meet('listeners');
    this.#addresses.set([this.#subset()]);
    await this.eventing.start();
    this.options.readiness?.meet('events');
    this.#election.start();
  }

  async #lead(leads: boolean): Promise<void> {
    const { log, readiness } = this.options;
    if (!leads) {
      readiness?.meet('controllers');
      await this.#engine?.stop();
      this.#engine = undefined;
      return log.info('leads no longer');
    }
    const { cluster, clock, executor, metrics } = this.options;
    readiness?.need('controllers', 'this process leads, and has not read the cluster yet');
    this.#engine = new Engine<ServingConfig>({
      ...{ cluster, clock, executor, log, metrics, config: this.#settings.current },
      reconcilers: [...servingReconcilers, ...autoscalingReconcilers, ...eventingReconcilers],
      settleMs: SETTLE_MS,
      answerers: [
        this.#autoscaler,
        this.#addresses,
        new GatewayAnswers(this.gateway),
        ...this.#answers.all,
        this.eventing.answers,
      ],
    });
    try {
      await this.#engine.start();
    } catch (error) {
      return this.#leadLater(error);
    }
    readiness?.meet('controllers');
    log.info('leads');
  }

  /** What this process cannot read now it may read soon: another one could not read it either. */
  async #leadLater(error: unknown): Promise<void> {
    const { clock, log } = this.options;
    log.warn('controllers cannot start yet', { error: errorMessage(error), retryInMs: LEAD_RETRY_MS });
    await this.#engine?.stop();
    this.#engine = undefined;
    clock.after(LEAD_RETRY_MS, () => {
      this.#leading = this.#leading.then(() => (this.leads && !this.#engine ? this.#lead(true) : undefined));
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
