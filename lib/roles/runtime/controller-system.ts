import type { ServingConfig } from '../../api';
import { INGRESS_CLASS } from '../../control';
import { LeaderLink } from '../link';
import { ControllerPart } from './controller-part';
import { InstallationSettings } from './installation-settings';
import type { LinkOptions } from './linked';
import { begun, type RuntimeSystemOptions } from './runtime-options';

export type ControllerSystemOptions = Omit<RuntimeSystemOptions, 'accounts' | 'podIp' | 'store' | 'deniedSinks'> &
  Pick<LinkOptions, 'linkToken'> & { readonly portOf?: ConstructorParameters<typeof LeaderLink>[0]['portOf'] };

/** Role `controller`: one of several leads, and dials gateways, brokers and sources. */
export class ControllerSystem {
  /** Resolves once it would lead if it were its turn. */
  static start(options: ControllerSystemOptions): Promise<ControllerSystem> {
    const system = new ControllerSystem(options);
    return begun(system, () => system.#start());
  }

  readonly #settings: InstallationSettings;
  readonly #controllers: ControllerPart;

  private constructor(private readonly options: ControllerSystemOptions) {
    const { cluster, clock, random, log, identity, linkToken, ports, portOf, eventing = true } = options;
    this.#settings = new InstallationSettings({ cluster, clock, log, eventing, ingressClass: INGRESS_CLASS });
    this.#controllers = new ControllerPart({
      ...options,
      settings: this.#settings,
      dataPlane: (autoscaler) =>
        new LeaderLink({
          ...{ cluster, clock, random, log, eventing, name: identity, token: linkToken, internalPort: ports.internal },
          ...(portOf ? { portOf } : {}),
          onStats: (stats) => autoscaler.record(stats),
          onHearing: (all) => autoscaler.setHearing(all),
        }),
    });
  }

  get leads(): boolean {
    return this.#controllers.leads;
  }

  get config(): ServingConfig {
    return this.#settings.current;
  }

  async stop(): Promise<void> {
    await this.#controllers.stop();
    this.#settings.stop();
  }

  async #start(): Promise<void> {
    const { readiness } = this.options;
    readiness?.need('settings', 'the ConfigMaps have not been read yet');
    await this.#settings.start();
    readiness?.meet('settings');
    this.#controllers.start();
  }
}
