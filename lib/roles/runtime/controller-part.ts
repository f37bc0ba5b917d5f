import { INSTALLATION, type ServingConfig } from '../../api';
import { errorMessage } from '../../base';
import {
  type Answerer,
  Autoscaler,
  clusterAutoscalingReconcilers,
  clusterServingReconcilers,
  Engine,
  eventingReconcilers,
  servingAloneReconcilers,
} from '../../control';
import { FencedCluster, LeaderElection } from '../../kube';
import { ClusterAnswers, type ClusterAnswersOptions } from '../cluster-answers';
import type { InstallationSettings } from './installation-settings';
import type { PartOptions } from './runtime-options';

/** How long a status that is not final may wait for what comes of it, in milliseconds. */
const SETTLE_MS = 1000;
/** How long a gateway is given to raise a scale from zero, and the cluster to tell of it, in milliseconds. */
const FIRST_DECISION_MS = 100;
/** When controllers that could not start try again, in milliseconds. */
const LEAD_RETRY_MS = 2000;

/** What controllers have of gateways and brokers while they lead. */
export interface DataPlane {
  readonly answerers: readonly Answerer[];
  start(): Promise<void>;
  stop(): void;
}

const RECONCILERS = [...clusterServingReconcilers, ...clusterAutoscalingReconcilers, ...eventingReconcilers];
const RECONCILERS_OF_SERVING = [...servingAloneReconcilers, ...clusterAutoscalingReconcilers];

export interface ControllerPartOptions extends PartOptions {
  readonly settings: InstallationSettings;
  /** Whether there are controllers of eventing. @default true */
  readonly eventing?: boolean;
  /** Namespace of the lease. */
  readonly namespace: string;
  readonly registries?: ClusterAnswersOptions['registries'];
  /** Made anew each time this process comes to lead. */
  readonly dataPlane: (autoscaler: Autoscaler) => DataPlane;
}

/** The controllers and the autoscaler; they work while this process leads. */
export class ControllerPart {
  readonly autoscaler: Autoscaler;
  readonly #election: LeaderElection;
  readonly #answers: ClusterAnswers;
  #engine: Engine<ServingConfig> | undefined;
  #dataPlane: DataPlane | undefined;
  /** Changes of who leads, one after the other. */
  #leading: Promise<void> = Promise.resolve();

  constructor(private readonly options: ControllerPartOptions) {
    const { cluster, clock, executor, log, metrics, identity, namespace, settings } = options;
    this.#answers = new ClusterAnswers(options);
    this.autoscaler = new Autoscaler({ clock, executor, log, metrics, firstDecisionDelayMs: FIRST_DECISION_MS });
    this.#election = new LeaderElection({
      ...{ cluster, clock, executor, log, namespace, identity, name: INSTALLATION.lease },
      onChange: (leads) => {
        // At once: what is under way may hang, and gateways hear nothing of one who leads no longer.
        if (!leads) this.#unlink();
        this.#leading = this.#leading.then(() => this.#lead(leads));
        return this.#leading;
      },
    });
    settings.onChange((config) => this.#engine?.setConfig(config));
  }

  /** Whether the controllers of this process are those that work. */
  get leads(): boolean {
    return this.#election.leads;
  }

  start(): void {
    this.#election.start();
  }

  /** Gives the lease back. */
  async stop(): Promise<void> {
    await this.#election.stop();
    await this.#leading;
    await this.#answers.stop();
    this.autoscaler.stop();
  }

  async #lead(leads: boolean): Promise<void> {
    const { log, readiness } = this.options;
    if (!leads) {
      readiness?.meet('controllers');
      await this.#end();
      return log.info('leads no longer');
    }
    if (!this.leads) return;
    const { cluster, clock, executor, metrics, settings, dataPlane, eventing = true } = this.options;
    readiness?.need('controllers', 'this process leads, and has not read the cluster yet');
    this.#dataPlane = dataPlane(this.autoscaler);
    this.#engine = new Engine<ServingConfig>({
      ...{ clock, executor, log, metrics, config: settings.current },
      cluster: new FencedCluster(cluster, () => this.leads),
      reconcilers: eventing ? RECONCILERS : RECONCILERS_OF_SERVING,
      settleMs: SETTLE_MS,
      answerers: [this.autoscaler, ...this.#dataPlane.answerers, ...this.#answers.all],
    });
    try {
      await this.#dataPlane.start();
      await this.#engine.start();
    } catch (error) {
      return this.#leadLater(error);
    }
    readiness?.meet('controllers');
    log.info('leads');
  }

  async #end(): Promise<void> {
    this.#unlink();
    await this.#engine?.stop();
    this.#engine = undefined;
  }

  #unlink(): void {
    this.#dataPlane?.stop();
    this.#dataPlane = undefined;
  }

  /** What this process cannot read now it may read soon: another one could not read it either. */
  async #leadLater(error: unknown): Promise<void> {
    const { clock, log } = this.options;
    log.warn('controllers cannot start yet', { error: errorMessage(error), retryInMs: LEAD_RETRY_MS });
    await this.#end();
    clock.after(LEAD_RETRY_MS, () => {
      this.#leading = this.#leading.then(() => (this.leads && !this.#engine ? this.#lead(true) : undefined));
    });
  }
}
