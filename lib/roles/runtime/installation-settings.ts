import { parse } from 'yaml';
import {
  type ConfigMap,
  ConfigMapType,
  configMapError,
  EVENTING_NAMESPACE,
  parseEventingConfig,
  parseServingConfig,
  SERVING_NAMESPACE,
  type ServingConfig,
  type Stored,
} from '../../api';
import type { Clock, Log } from '../../base';
import { type Cluster, Informer } from '../../kube';

const parseYaml = (text: string): unknown => parse(text) as unknown;

export interface InstallationSettingsDeps {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether there are settings of eventing. @default true */
  readonly eventing?: boolean;
  /** Who serves Ingresses where config-network does not say. @default upstream's default */
  readonly ingressClass?: string;
}

/**
 * The settings of an installation on a cluster: the ConfigMaps of namespaces knative-serving and knative-eventing, followed as they
 * change. One that cannot be read is told, and leaves what it said before.
 */
export class InstallationSettings {
  readonly #informers: readonly Informer<ConfigMap>[];
  /** Data of those that could be read, by namespace and name. */
  readonly #read = new Map<string, Readonly<Record<string, string>>>();
  readonly #listeners = new Set<(config: ServingConfig) => void>();
  #current: ServingConfig;

  constructor(private readonly deps: InstallationSettingsDeps) {
    const { cluster, clock, log, eventing = true } = deps;
    this.#informers = [SERVING_NAMESPACE, ...(eventing ? [EVENTING_NAMESPACE] : [])].map(
      (namespace) => new Informer(cluster, ConfigMapType, clock, log, { namespace }),
    );
    for (const informer of this.#informers) {
      informer.onChange(({ previous, next }) => this.#changed((next ?? previous)!, next));
    }
    this.#current = this.#parse();
  }

  get current(): ServingConfig {
    return this.#current;
  }

  onChange(listener: (config: ServingConfig) => void): void {
    this.#listeners.add(listener);
  }

  /** Resolves once all are known. */
  async start(): Promise<void> {
    await Promise.all(this.#informers.map((informer) => informer.start()));
  }

  stop(): void {
    for (const informer of this.#informers) informer.stop();
  }

  #changed({ metadata: { namespace, name } }: Stored<ConfigMap>, present: Stored<ConfigMap> | undefined): void {
    const key = `${namespace}/${name}`;
    const wrong = present && configMapError(present, parseYaml);
    if (wrong !== undefined) {
      this.deps.log.warn('settings are not heeded', { configMap: key, error: wrong });
      return;
    }
    if (present) this.#read.set(key, present.data ?? {});
    else this.#read.delete(key);
    this.#current = this.#parse();
    for (const listener of this.#listeners) listener(this.#current);
  }

  #parse(): ServingConfig {
    const of = (namespace: string) =>
      Object.fromEntries(
        [...this.#read]
          .filter(([key]) => key.startsWith(`${namespace}/`))
          .map(([key, data]) => [key.slice(namespace.length + 1), data]),
      );
    const serving = of(SERVING_NAMESPACE);
    const said = serving['config-network'] ?? {};
    const says = 'ingress-class' in said || 'ingress.class' in said;
    const { ingressClass } = this.deps;
    const network = says || ingressClass === undefined ? said : { ...said, 'ingress-class': ingressClass };
    return {
      ...parseServingConfig({ ...serving, 'config-network': network }, { parseYaml }),
      eventing: parseEventingConfig(of(EVENTING_NAMESPACE), parseYaml),
    };
  }
}
