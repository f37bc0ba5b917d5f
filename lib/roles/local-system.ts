import { join } from 'node:path';
import {
  type Deployment,
  DeploymentType,
  type EndpointSubset,
  labels,
  type Pod,
  type ServingConfig,
  type Stored,
  servedTypes,
} from '../api';
import type { Clock, Executor, Log, Metrics, Random } from '../base';
import {
  Autoscaler,
  autoscalingReconcilers,
  Engine,
  eventingReconcilers,
  GATEWAY_HOST,
  GatewayAddresses,
  servingReconcilers,
} from '../control';
import { CompositeTransport, FunctionTransport, Gateway, HttpListener, networkTransport, type PodTransport } from '../gateway';
import { type Change, type Cluster, Informer } from '../kube';
import {
  type ContainerEngine,
  correctPods,
  FunctionRegistry,
  FunctionRuntime,
  ImageResolver,
  LocalApi,
  LocalKubernetes,
  LocalServiceAccounts,
  MachineRuntimes,
  MemoryCluster,
  MemoryStore,
  PodRuntime,
  type ProcessLedger,
  type Store,
  StoreSpace,
  TokenIssuer,
} from '../local';
import type { Isolation } from '../local/isolate';
import { admission } from './admission';
import { bindingAdmission } from './binding-admission';
import { ClusterNames } from './cluster-names';
import { createEventingServices, EventDocuments, EventingRuntime, type EventRetention } from './eventing';
import { LiveSettings } from './eventing/live-settings';
import { ClusterDns } from './isolation/cluster-dns';
import { GatewayAnswers, keepTags, openAccess, toldJobs } from './local-answerers';
import { localServingConfig } from './local-config';
import { ScaleJournal } from './scale-journal';
import { scaleReason } from './scale-reasons';

/** How pods run on this machine. */
export interface MachineOptions {
  readonly images: ImageResolver;
  /** Names of our own environment that pods get too. */
  readonly inheritEnv?: readonly string[];
  /** The preload that makes cluster names work in Node programs. */
  readonly preloadPath?: string;
  /** The bundled program that starts processes for a large process. @default they are started from here */
  readonly spawnerProgram?: string;
  readonly engine?: ContainerEngine;
  /** Gives each pod that is a process a network of its own; closed with the system. */
  readonly isolation?: Isolation;
  /** Remembers what runs beyond the death of this process. */
  readonly ledger?: ProcessLedger;
}

/** One line that a container wrote. */
export interface SystemLogLine {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly line: string;
}

/** A revision has another number of pods to have. */
export interface ScaleEvent {
  readonly namespace: string;
  readonly revision: string;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

export interface LocalSystemOptions {
  readonly clock: Clock;
  readonly executor: Executor;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
  /** @default localServingConfig */
  readonly config?: ServingConfig;
  /** Where the gateway listens; undefined: nowhere, requests come by `gateway.fetch`. */
  readonly listen?: { readonly host: string; readonly port: number; readonly serverTiming: boolean };
  /** Pods as processes and containers; undefined: pods are functions of `functions` alone. */
  readonly machine?: MachineOptions;
  /** Functions that stand for images. @default none, until some are registered */
  readonly functions?: FunctionRegistry;
  /** Where objects are kept; what an earlier process left there is gone on with. @default in memory */
  readonly store?: Store;
  /**
   * An API server for `kubectl` and other clients; needs `machine`.
   * `kubeconfig`: where to write how to reach it. @default among the files of pods, which go with this process
   */
  readonly api?: { readonly kubeconfig?: string };
  /** Addresses of this machine at which sinks of events may be, as `127.0.0.1:9000`. @default none */
  readonly allowedSinks?: readonly string[];
  readonly eventRetention?: EventRetention;
  readonly onLog?: (line: SystemLogLine) => void;
  readonly onScale?: (event: ScaleEvent) => void;
}

/** The most that one broker or channel keeps of events that are still to be delivered, in bytes: the disk is not there for events alone. */
const LOG_BYTES = 2 ** 30;

/** A whole serverless platform in this process: cluster, controllers, autoscaler, gateway, pods. */
export class LocalSystem {
  /** Starts everything; resolves once requests are taken. */
  static async start(options: LocalSystemOptions): Promise<LocalSystem> {
    const system = new LocalSystem(options);
    try {
      await system.#start();
    } catch (error) {
      await system.stop();
      throw error;
    }
    return system;
  }

  readonly cluster: Cluster;
  readonly gateway: Gateway;
  readonly functions: FunctionRegistry;
  readonly autoscaler: Autoscaler;
  readonly eventing: EventingRuntime;
  /** Issues the tokens of service accounts. */
  readonly tokens: TokenIssuer;
  readonly #kubernetes: LocalKubernetes;
  readonly #engine: Engine<ServingConfig>;
  readonly #settings: LiveSettings;
  readonly #pods: PodRuntime;
  readonly #names: ClusterNames | ClusterDns | undefined;
  readonly #listener: HttpListener | undefined;
  readonly #addresses = new GatewayAddresses();
  readonly #journal: ScaleJournal;
  readonly #scales: Informer<Deployment>;
  /** Before, what an earlier process has left is found: nothing that is to be told. */
  #started = false;
  #url: string | undefined;
  #kubeconfig: string | undefined;
  #api: LocalApi | undefined;

  private constructor(private readonly options: LocalSystemOptions) {
    const { clock, executor, random, log, metrics, listen, machine, config = localServingConfig } = options;
    const { store = new MemoryStore() } = options;
    const settings = new LiveSettings(config);
    this.#settings = settings;
    const cluster = new MemoryCluster({
      ...{ clock, random, types: servedTypes, store },
      ...{ mutation: bindingAdmission(settings), admission: admission(settings) },
    });
    this.cluster = cluster;
    this.functions = options.functions ?? new FunctionRegistry({ clock, executor });
    this.tokens = new TokenIssuer(clock);
    this.eventing = new EventingRuntime({
      ...{ cluster, clock, executor, random, log, metrics, gateway: () => this.gateway },
      accounts: new LocalServiceAccounts(cluster, this.tokens),
      get config() {
        return settings.current;
      },
      ...(options.store ? { store: new StoreSpace(options.store, 'eventing') } : {}),
      ...(options.allowedSinks ? { allowedSinks: options.allowedSinks } : {}),
      retention: { capacity: LOG_BYTES, ...options.eventRetention },
    });
    this.gateway = new Gateway({
      ...{ cluster, clock, executor, random, log, metrics },
      transport: this.#transport(),
      inner: this.eventing.inner,
      innerOutside: true,
      options: { explain: true, serverTiming: listen?.serverTiming ?? false },
    });
    this.autoscaler = new Autoscaler({ clock, executor, log, metrics });
    this.#journal = new ScaleJournal(this.autoscaler);
    this.gateway.onStats((stats) => this.autoscaler.record(stats));
    this.#engine = new Engine<ServingConfig>({
      ...{ cluster, clock, executor, log, metrics, config },
      reconcilers: [...servingReconcilers, ...autoscalingReconcilers, ...eventingReconcilers],
      answerers: [
        this.autoscaler,
        this.#addresses,
        new GatewayAnswers(this.gateway),
        keepTags,
        openAccess,
        toldJobs,
        this.eventing.answers,
        this.eventing.tokenSecrets,
      ],
    });
    this.#kubernetes = new LocalKubernetes({ cluster, clock, executor, log });
    if (machine) this.#names = this.#clusterNames(machine);
    if (listen) {
      this.#listener = new HttpListener({
        gateway: this.gateway,
        clock,
        log,
        host: listen.host,
        port: listen.port,
        visibility: 'external',
      });
    }
    this.#pods = this.#podRuntime(machine);
    this.#scales = new Informer(cluster, DeploymentType, clock, log);
    this.#scales.onChange((change) => this.#scaled(change));
  }

  /** `http://127.0.0.1:PORT`, or undefined if the gateway does not listen. */
  get gatewayUrl(): string | undefined {
    return this.#url;
  }

  /** Path of the kubeconfig, or undefined without an API server. */
  get kubeconfig(): string | undefined {
    return this.#api?.kubeconfig;
  }

  /** Tries again at once what waits for an image: after a mapping was added. */
  retryPods(): void {
    this.#pods.retry();
  }

  /** Ends every pod; resolves when nothing runs any more. */
  async stop(): Promise<void> {
    this.gateway.drain();
    this.#settings.stop();
    await this.#engine.stop();
    this.autoscaler.stop();
    await this.eventing.stop();
    this.#journal.stop();
    this.#kubernetes.stop();
    this.#scales.stop();
    await Promise.all([this.#api?.close(), this.#listener?.close(STOP_GRACE_MS), this.#names?.close()]);
    await this.#pods.stop();
    await this.gateway.stop();
    await this.options.machine?.isolation?.close();
  }

  async #start(): Promise<void> {
    const { clock, log } = this.options;
    await correctPods(this.cluster, clock);
    await this.#settings.follow(this.cluster, clock, log, (settings) => {
      this.eventing.settingsChanged();
      this.#engine.setConfig(settings);
    });
    const api = this.#startApi();
    await Promise.all([this.gateway.start(), this.#kubernetes.start(), this.#names?.start(), this.#scales.start(), api]);
    let gateways = gatewaySubset('127.0.0.1', 80);
    if (this.#listener) {
      const { host, port } = await this.#listener.listen();
      this.#url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
      const inside = this.options.machine?.isolation?.address;
      gateways = inside === undefined ? gatewaySubset(host, port) : gatewaySubset(inside, 80);
    }
    this.#addresses.set([gateways]);
    this.#started = true;
    await Promise.all([this.#engine.start(), this.#pods.start(), this.#startEventing(gateways)]);
  }

  async #startEventing(gateways: EndpointSubset): Promise<void> {
    await createEventingServices(this.cluster, gateways);
    await this.eventing.start();
  }

  async #startApi(): Promise<void> {
    const kubeconfig = this.#kubeconfig;
    if (kubeconfig === undefined) return;
    const { clock, log } = this.options;
    const pods = this.#pods;
    const events = new EventDocuments(this.eventing);
    this.#api = await LocalApi.start({
      ...{ cluster: this.cluster, types: servedTypes, pods, clock, log, kubeconfig, tokens: this.tokens },
      extra: (request) =>
        this.#gatewayDocument(request.segments) ?? this.#journal.document(request.segments) ?? events.document(request),
    });
  }

  /** What is told at `/knc/v1/gateway` of the API server. */
  #gatewayDocument(segments: readonly string[]): { readonly url: string } | undefined {
    return segments.join('/') === 'knc/v1/gateway' ? { url: this.#url ?? '' } : undefined;
  }

  #transport(): PodTransport {
    const { functions } = this;
    const { executor, clock } = this.options;
    const transport = new FunctionTransport(
      (host, port, request) => functions.dispatch(host, port, request),
      executor,
      (host, port) => functions.handlerFor(`${host}:${port}`) !== undefined,
    );
    return new CompositeTransport([{ serves: ({ host }) => functions.owns(host), transport }], networkTransport(clock));
  }

  #clusterNames({ isolation }: MachineOptions): ClusterNames | ClusterDns {
    const { clock, executor, log } = this.options;
    const shared = { gateway: this.gateway, cluster: this.cluster, clock, log };
    if (!isolation) return new ClusterNames(shared);
    return new ClusterDns({ ...shared, executor, isolation, gatewayHost: GATEWAY_HOST });
  }

  #podRuntime(machine: MachineOptions | undefined): PodRuntime {
    const { clock, executor, log, onLog } = this.options;
    const { cluster, functions } = this;
    const shared = {
      ...{ cluster, clock, executor, log },
      drained: (pod: Stored<Pod>, signal: AbortSignal) => this.gateway.drained(pod, signal),
      onLog: (source: Omit<SystemLogLine, 'line'>, { text }: { readonly text: string }) => onLog?.({ ...source, line: text }),
    };
    if (!machine) {
      const runtimes = [new FunctionRuntime({ clock, executor, registry: functions })];
      return new PodRuntime({ ...shared, images: new ImageResolver(), runtimes });
    }
    const names = this.#names!;
    const api = () => this.#api;
    const { runtimes, directory } = new MachineRuntimes({ ...machine, api, clock, executor, log, names, functions });
    if (this.options.api) this.#kubeconfig = this.options.api.kubeconfig ?? join(directory, 'kubeconfig');
    return new PodRuntime({ ...shared, images: machine.images, runtimes, directory, names });
  }

  #scaled({ previous, next }: Change<Deployment>): void {
    const deployment = next ?? previous;
    const revision = deployment?.metadata.labels?.[labels.revision];
    const from = previous?.spec.replicas ?? 0;
    const to = next?.spec.replicas ?? 0;
    if (!revision || from === to || !this.#started) return;
    const namespace = deployment.metadata.namespace ?? '';
    const explanation = previous && next ? this.autoscaler.explain(namespace, revision) : undefined;
    const reason = previous ? (next ? scaleReason(from, to, explanation) : 'deleted') : 'created';
    this.options.onScale?.({ namespace, revision, from, to, reason });
  }
}

/** How long requests under way may take when the system stops, in milliseconds. */
const STOP_GRACE_MS = 2000;

/** The gateway as an endpoint of revisions' public Services. */
function gatewaySubset(ip: string, port: number): EndpointSubset {
  return {
    addresses: [{ ip }],
    ports: ['http', 'http2'].map((name) => ({ name, port, protocol: 'TCP' })),
  };
}
