import { type K8sService, K8sServiceType } from '../../api';
import type { Clock, Executor, Log } from '../../base';
import { HttpSender, type Sender, TokenSender } from '../../eventing';
import type { Inbound, InnerHosts, Outbound } from '../../gateway';
import { type Cluster, Informer } from '../../kube';
import { ClusterSender } from './cluster-sender';
import type { ServiceAccountTokens } from './service-account-tokens';

/** What takes requests for hosts of the cluster in this process. */
interface Front {
  handle(inbound: Inbound): Promise<Outbound>;
}

export interface EventSenderOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly log: Log;
  /**
   * The gateway of this process, through which all hosts of the cluster are reached. Without one they are reached over the network, by
   * the Services that lead to gateways.
   */
  readonly gateway?: () => Front;
  /** Where there is no gateway: hosts that this process answers itself. @default none */
  readonly own?: InnerHosts;
  readonly tokens: ServiceAccountTokens;
  readonly allowedSinks?: readonly string[];
  readonly deniedSinks?: readonly string[];
}

/** Sends events wherever they are to go: within the cluster, and outside of it by address rules. */
export class EventSender {
  readonly sender: Sender;
  readonly #outside: HttpSender;
  readonly #services: Informer<K8sService>;

  constructor(options: EventSenderOptions) {
    const { cluster, clock, executor, log, gateway, own = () => undefined, tokens } = options;
    const { allowedSinks = [], deniedSinks = [] } = options;
    this.#outside = new HttpSender({ clock, rules: { allowed: allowedSinks, denied: deniedSinks } });
    this.#services = new Informer(cluster, K8sServiceType, clock, log);
    const answer = (inbound: Inbound) => (gateway ? gateway().handle(inbound) : own(hostOf(inbound), pathOf(inbound))!(inbound));
    const anywhere = new ClusterSender({
      clock,
      // Whoever sends waits for pods, which are counted themselves, and for time.
      gateway: { handle: (inbound) => executor.suspended(answer(inbound)) },
      outside: this.#outside,
      externalName: (namespace, name) => externalNameOf(this.#services.get(namespace, name)),
      ...(gateway ? {} : { isInside: ({ hostname, pathname }: URL) => own(hostname, pathname) !== undefined }),
    });
    this.sender = new TokenSender(anywhere, tokens);
  }

  /** Resolves once it is known which Services stand for other names. */
  start(): Promise<void> {
    return this.#services.start();
  }

  async stop(): Promise<void> {
    this.#services.stop();
    await this.#outside.close();
  }
}

const hostOf = ({ host }: Inbound): string => host.replace(/:\d+$/, '').toLowerCase();
const pathOf = ({ target }: Inbound): string => target.split('?', 1)[0]!;

function externalNameOf(service: K8sService | undefined): string | undefined {
  return service?.spec.type === 'ExternalName' ? service.spec.externalName : undefined;
}
