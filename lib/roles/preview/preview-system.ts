import { crc32 } from 'node:zlib';
import {
  apiVersionOf,
  type EndpointSubset,
  type KubeObject,
  type PodAutoscaler,
  PodAutoscalerType,
  type ResourceType,
  type ServingConfig,
  type Stored,
  servedTypes,
} from '../../api';
import { CountingExecutor, noLog, noMetrics, seededRandom, VirtualClock } from '../../base';
import {
  autoscalingReconcilers,
  clusterAutoscalingReconcilers,
  clusterServingReconcilers,
  createServingReconcilers,
  Engine,
  eventingReconcilers,
  GatewayAddresses,
  HorizontalPodAutoscalerType,
  INGRESS_CLASS,
} from '../../control';
import { LocalKubernetes, LocalServiceAccounts, MemoryCluster, seededStore, TokenIssuer } from '../../local';
import { admission } from '../admission';
import { bindingAdmission } from '../binding-admission';
import { EventingRuntime } from '../eventing/eventing-runtime';
import { LiveSettings } from '../eventing/live-settings';
import { keepTags, openAccess, toldJobs } from '../local-answerers';
import { AssumedGateways, AssumedScales, assumedTokens } from './assumed-answers';
import { AssumedPods } from './assumed-pods';

/** How far time is moved at most, in virtual milliseconds: rollouts end and idle revisions go to zero within it. */
const HORIZON_MS = 30 * 60_000;
/** Timers that are let fire at most: plans that never come to rest are not waited for. */
const MAX_TIMERS = 10_000;
const GATEWAYS: readonly EndpointSubset[] = [
  { addresses: [{ ip: '10.255.0.1' }], ports: ['http', 'http2'].map((name) => ({ name, port: 80, protocol: 'TCP' })) },
];

const LOCAL = [...createServingReconcilers({ queueSidecar: 'possible' }), ...autoscalingReconcilers];
const ON_CLUSTER = [...clusterServingReconcilers, ...clusterAutoscalingReconcilers];

/** What there can be in a preview: what the local cluster serves, and what the controllers of a platform make beside that. */
export const previewedTypes: readonly ResourceType[] = [...servedTypes, HorizontalPodAutoscalerType];

/** All controllers over a cluster in memory in which every pod is ready at once and the load stays as it is; in virtual time. */
export class PreviewSystem {
  readonly cluster: MemoryCluster;
  readonly #clock: VirtualClock;
  readonly #faults: unknown[] = [];
  readonly #parts: readonly { start(): Promise<void>; stop(): void | Promise<void> }[];

  /**
   * @param live objects to begin with, as they are in another cluster
   * @param onCluster whether controllers make what those of a platform make, and not those of a laptop
   */
  constructor(live: readonly Stored<KubeObject>[], config: ServingConfig, now: number, onCluster = false) {
    const executor = new CountingExecutor((error) => this.#faults.push(error));
    const clock = new VirtualClock(executor, now);
    // Other uids than those that are there, and the same ones for the same objects.
    const random = seededRandom(crc32(live.map(({ metadata }) => metadata.uid).join()));
    const log = noLog;
    // Our own gateways serve every Ingress here; those of another class nobody would answer for.
    const settings: ServingConfig = { ...config, network: { ...config.network, ingressClass: INGRESS_CLASS } };
    const liveSettings = new LiveSettings(settings);
    const cluster = new MemoryCluster({
      clock,
      random,
      types: previewedTypes,
      mutation: bindingAdmission(liveSettings),
      admission: admission(liveSettings),
      store: seededStore(live),
    });
    // Nothing sends an event here, so that none is ever delivered.
    const gateway = () => {
      throw new Error('a preview delivers no events');
    };
    const eventing = new EventingRuntime({
      ...{ cluster, clock, executor, random, log, gateway },
      accounts: new LocalServiceAccounts(cluster, new TokenIssuer(clock)),
      get config() {
        return liveSettings.current;
      },
    });
    const engine = new Engine<ServingConfig>({
      ...{ cluster, clock, executor, log, metrics: noMetrics, config: settings },
      reconcilers: [...(onCluster ? ON_CLUSTER : LOCAL), ...eventingReconcilers],
      answerers: [
        new AssumedGateways(cluster),
        new AssumedScales(live.filter(isPodAutoscaler)),
        new GatewayAddresses(GATEWAYS),
        keepTags,
        openAccess,
        toldJobs,
        eventing.answers,
        assumedTokens,
      ],
    });
    this.cluster = cluster;
    this.#clock = clock;
    const follow = {
      start: () =>
        liveSettings.follow(cluster, clock, log, (changed) => {
          eventing.settingsChanged();
          engine.setConfig(changed);
        }),
      stop: () => liveSettings.stop(),
    };
    this.#parts = [
      follow,
      new LocalKubernetes({ cluster, clock, executor, log }),
      new AssumedPods({ cluster, clock, executor, log }),
      eventing,
      engine,
    ];
  }

  async start(): Promise<void> {
    for (const part of this.#parts) await part.start();
  }

  /** Lets everything happen that follows from the present state by itself. */
  async settle(): Promise<void> {
    const end = this.#clock.now() + HORIZON_MS;
    await this.#clock.settle();
    for (let fired = 0; fired < MAX_TIMERS; fired++) {
      const next = this.#clock.nextTimer();
      if (next === undefined || next > end) break;
      await this.#clock.advance(Math.max(0, next - this.#clock.now()));
    }
    if (this.#faults.length > 0) throw this.#faults[0];
  }

  /** Every object there is. */
  async objects(): Promise<Stored<KubeObject>[]> {
    const lists = await Promise.all(previewedTypes.map((type) => this.cluster.list(type)));
    return lists.flatMap(({ items }) => items as Stored<KubeObject>[]);
  }

  async stop(): Promise<void> {
    const stopping = Promise.all(this.#parts.map((part) => part.stop()));
    await this.#clock.settle();
    await stopping;
  }
}

function isPodAutoscaler(object: KubeObject): object is Stored<PodAutoscaler> {
  return object.kind === PodAutoscalerType.kind && object.apiVersion === apiVersionOf(PodAutoscalerType);
}
