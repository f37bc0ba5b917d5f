import { parse } from 'yaml';
import {
  type ConfigMap,
  ConfigMapType,
  configMapError,
  EVENTING_NAMESPACE,
  eventingConfigMaps,
  parseEventingConfig,
  type ServingConfig,
  type Stored,
} from '../../api';
import { type Clock, type Log, noLog } from '../../base';
import { type Cluster, Informer } from '../../kube';
import type { PresentObjects } from '../../local';

const parseYaml = (text: string): unknown => parse(text) as unknown;

/** What is wrong with a ConfigMap that says how Knative Eventing works; undefined of others, and if nothing is. */
export const eventingMapError = (map: ConfigMap): string | undefined =>
  map.metadata.namespace === EVENTING_NAMESPACE ? configMapError(map, parseYaml) : undefined;

/**
 * The settings of this installation: those that it was started with, changed by the ConfigMaps of namespace knative-eventing that are
 * there. One that cannot be read leaves what held before it (it can only come from a time before this program checked it).
 */
export class LiveSettings {
  #key = '';
  #current: ServingConfig;
  #log: Log = noLog;
  #informer: Informer<ConfigMap> | undefined;

  constructor(private readonly base: ServingConfig) {
    this.#current = base;
  }

  get current(): ServingConfig {
    return this.#current;
  }

  /** As they are at the moment of a write: what was written just before counts. */
  at(present: PresentObjects): ServingConfig {
    return this.#read(present.list(ConfigMapType, EVENTING_NAMESPACE));
  }

  /** Resolves once they are known; from then on tells of changes. */
  async follow(cluster: Cluster, clock: Clock, log: Log, onChange: (settings: ServingConfig) => void): Promise<void> {
    this.#log = log;
    const informer = new Informer(cluster, ConfigMapType, clock, log, { namespace: EVENTING_NAMESPACE });
    this.#informer = informer;
    let told = this.base;
    informer.onChange(() => {
      const settings = this.#read(informer.list());
      if (settings !== told) onChange(settings);
      told = settings;
    });
    await informer.start();
  }

  stop(): void {
    this.#informer?.stop();
  }

  #read(maps: readonly Stored<ConfigMap>[]): ServingConfig {
    const own = maps.filter(({ metadata: { name } }) => eventingConfigMaps.includes(name));
    const key = own
      .map(({ metadata: { name, resourceVersion } }) => `${name}@${resourceVersion}`)
      .sort()
      .join();
    if (key !== this.#key) {
      this.#key = key;
      this.#current = own.length === 0 ? this.base : { ...this.base, eventing: this.#parse(own) };
    }
    return this.#current;
  }

  #parse(maps: readonly Stored<ConfigMap>[]): ServingConfig['eventing'] {
    return maps.reduce((settings, map) => {
      const { name } = map.metadata;
      const wrong = eventingMapError(map);
      if (wrong === undefined) return parseEventingConfig({ [name]: map.data ?? {} }, parseYaml, settings);
      this.#log.warn('settings are not heeded', { configMap: name, error: wrong });
      return settings;
    }, this.base.eventing);
  }
}
