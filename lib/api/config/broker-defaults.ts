import { formatFieldErrors, isJsonObject, type JsonObject, via } from '../../base';
import { deliveryErrors } from '../eventing/delivery';
import { referenceErrors } from '../eventing/destination';
import type { DeliverySpec, KReference } from '../generated/types';
import { conform } from '../schema/conform';
import { definition } from '../schema/definitions';
import { type ConfigData, ConfigReader, type YamlParser } from './config-data';
import { defaultEventingFeatures } from './eventing-features';

/** What a broker is made of that says nothing itself. */
export interface BrokerSettings {
  readonly config?: KReference;
  readonly delivery?: DeliverySpec;
}

/** The same, with the class of brokers that name none, and what brokers of a named class are made of. */
export interface ScopedBrokerDefaults extends BrokerSettings {
  readonly brokerClass?: string;
  readonly classes?: Readonly<Record<string, BrokerSettings>>;
}

/** The defaults of brokers (ConfigMap `config-br-defaults`): those of the installation, and those of namespaces that have their own. */
export interface BrokerDefaults extends ScopedBrokerDefaults {
  readonly brokerClass: string;
  readonly config: KReference;
  readonly namespaces?: Readonly<Record<string, ScopedBrokerDefaults>>;
}

/** Name of the ConfigMap that says what a broker's channel is, in a release of upstream. */
export const BROKER_CHANNEL_CONFIG = 'config-br-default-channel';

/** What a release of upstream installs. */
export const defaultBrokerDefaults: BrokerDefaults = {
  brokerClass: 'MTChannelBasedBroker',
  config: { apiVersion: 'v1', kind: 'ConfigMap', name: BROKER_CHANNEL_CONFIG, namespace: 'knative-eventing' },
  delivery: { retry: 10, backoffPolicy: 'exponential', backoffDelay: 'PT0.2S' },
};

/** The class of a broker in this namespace that names none. */
export function defaultBrokerClass({ namespaces, brokerClass }: BrokerDefaults, namespace = ''): string {
  return namespaces?.[namespace]?.brokerClass ?? brokerClass;
}

/** What a broker of this class in this namespace is made of: the namespace's own settings first, those of the class before the others. */
export function brokerSettings(defaults: BrokerDefaults, namespace = '', brokerClass = ''): BrokerSettings {
  const own = defaults.namespaces?.[namespace];
  const wanted = brokerClass || own?.brokerClass || defaults.brokerClass;
  const ownSettings = own?.brokerClass === wanted && (own.config || own.delivery) ? own : undefined;
  return own?.classes?.[wanted] ?? ownSettings ?? defaults.classes?.[wanted] ?? defaults;
}

const CONFIG_MAP = 'config-br-defaults';
const KEY = 'default-br-config';
/** All that a delivery can have is allowed as a default; whether a feature is on is asked where a broker is checked. */
const FEATURES = { ...defaultEventingFeatures, deliveryRetryAfter: true };
const REFERENCE = ['apiVersion', 'kind', 'name', 'namespace', 'address', 'group'] as const;
const SETTINGS = [...REFERENCE, 'delivery'] as const;

/** Reads one scope of the ConfigMap; a wrong field is told by its path. */
class ScopeReader {
  constructor(private readonly reader: ConfigReader) {}

  fail(at: string, message: string): never {
    return this.reader.fail(`${KEY}: ${at}: ${message}`);
  }

  object(value: unknown, at: string): JsonObject {
    return isJsonObject(value) ? value : this.fail(at, 'must be an object');
  }

  only(value: JsonObject, at: string, allowed: readonly string[]): void {
    const stranger = Object.keys(value).find((key) => !allowed.includes(key));
    if (stranger !== undefined) this.fail(`${at}.${stranger}`, `no such setting; there are ${allowed.join(', ')}`);
  }

  settings(value: JsonObject, at: string): BrokerSettings {
    const reference = Object.fromEntries(REFERENCE.flatMap((key) => (value[key] === undefined ? [] : [[key, value[key]]])));
    const config = Object.keys(reference).length > 0 ? (this.shaped(reference, 'KReference', at) as KReference) : undefined;
    const delivery =
      value['delivery'] === undefined
        ? undefined
        : (this.shaped(this.object(value['delivery'], `${at}.delivery`), 'DeliverySpec', `${at}.delivery`) as DeliverySpec);
    const errors = formatFieldErrors([
      ...(config ? via(at, referenceErrors(config)) : []),
      ...via(`${at}.delivery`, deliveryErrors(delivery, FEATURES)),
    ]);
    if (errors) this.reader.fail(`${KEY}: ${errors}`);
    return { ...(config ? { config } : {}), ...(delivery ? { delivery } : {}) };
  }

  scope(value: JsonObject, at: string): ScopedBrokerDefaults {
    this.only(value, at, ['brokerClass', 'brokerClasses', ...SETTINGS]);
    const { brokerClass, brokerClasses } = value;
    if (brokerClass !== undefined && (typeof brokerClass !== 'string' || brokerClass === '')) {
      this.fail(`${at}.brokerClass`, 'must be a class of brokers');
    }
    const classes =
      brokerClasses === undefined
        ? []
        : Object.entries(this.object(brokerClasses, `${at}.brokerClasses`)).map(([name, settings]) => {
            const path = `${at}.brokerClasses.${name}`;
            const object = this.object(settings, path);
            this.only(object, path, SETTINGS);
            return [name, this.settings(object, path)] as const;
          });
    return {
      ...this.settings(value, at),
      ...(brokerClass === undefined ? {} : { brokerClass: brokerClass as string }),
      ...(classes.length > 0 ? { classes: Object.fromEntries(classes) } : {}),
    };
  }

  private shaped(value: JsonObject, name: string, at: string): JsonObject {
    const { value: kept, errors } = conform(value, definition(name));
    const text = formatFieldErrors(via(at, errors));
    return text ? this.reader.fail(`${KEY}: ${text}`) : kept;
  }
}

/**
 * config-br-defaults from its data: `clusterDefault` and `namespaceDefaults`, each with `brokerClass`, a reference to a ConfigMap,
 * `delivery`, and `brokerClasses`. Throws KNC2201 if something in it is wrong. Empty: what a release of upstream has.
 */
export function parseBrokerDefaults(data: ConfigData, parseYaml: YamlParser): BrokerDefaults {
  const reader: ConfigReader = new ConfigReader(CONFIG_MAP, data);
  const parsed = reader.yaml(parseYaml, KEY);
  if (parsed === undefined || parsed === null) return defaultBrokerDefaults;
  const scopes = new ScopeReader(reader);
  const whole = scopes.object(parsed, 'it');
  scopes.only(whole, 'it', ['clusterDefault', 'namespaceDefaults']);
  const cluster = whole['clusterDefault'];
  const namespaces = Object.entries(scopes.object(whole['namespaceDefaults'] ?? {}, 'namespaceDefaults')).map(
    ([name, value]) =>
      [name, scopes.scope(scopes.object(value, `namespaceDefaults.${name}`), `namespaceDefaults.${name}`)] as const,
  );
  const own = cluster === undefined ? {} : scopes.scope(scopes.object(cluster, 'clusterDefault'), 'clusterDefault');
  const { brokerClass, config } = defaultBrokerDefaults;
  return {
    ...(cluster === undefined ? defaultBrokerDefaults : { brokerClass, config }),
    ...own,
    ...(namespaces.length > 0 ? { namespaces: Object.fromEntries(namespaces) } : {}),
  };
}
