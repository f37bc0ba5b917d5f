import { parseIsoDuration } from '../eventing/iso-duration';
import { type BrokerDefaults, defaultBrokerDefaults, parseBrokerDefaults } from './broker-defaults';
import { type ChannelDefaults, defaultChannelDefaults, parseChannelDefaults } from './channel-defaults';
import { type ConfigData, ConfigReader, type YamlParser } from './config-data';
import { defaultEventingFeatures, type EventingFeatures, parseEventingFeatures } from './eventing-features';
import { parseSugarConfig, type SugarConfig } from './sugar';

/** Namespace of Knative Eventing's own ConfigMaps. */
export const EVENTING_NAMESPACE = 'knative-eventing';

/** The settings of Knative Eventing: the ConfigMaps of namespace knative-eventing, typed. */
export interface EventingConfig {
  readonly features: EventingFeatures;
  readonly broker: BrokerDefaults;
  /** The kind of channel where none is named (ConfigMap `default-ch-webhook`). */
  readonly channel: ChannelDefaults;
  /** ISO-8601. */
  readonly requestReplyTimeout: string;
  /** Most bytes of data that a PingSource may send; -1: no limit (ConfigMap `config-ping-defaults`). */
  readonly pingDataMaxSize: number;
  readonly sugar: SugarConfig;
}

/** The settings that a release of upstream installs. */
export const defaultEventingConfig: EventingConfig = {
  features: defaultEventingFeatures,
  broker: defaultBrokerDefaults,
  channel: defaultChannelDefaults,
  requestReplyTimeout: 'PT30S',
  pingDataMaxSize: -1,
  sugar: {},
};

/** Data of the ConfigMaps of namespace knative-eventing by name. */
export type EventingMaps = Readonly<Record<string, ConfigData | undefined>>;

function requestReplyTimeout(data: ConfigData): string {
  const reader: ConfigReader = new ConfigReader('config-features', data);
  const key = 'requestreply-default-timeout';
  const text = reader.string(defaultEventingConfig.requestReplyTimeout, key);
  if ((parseIsoDuration(text) ?? 0) > 0) return text;
  return reader.fail(`${key} is ${JSON.stringify(text)}: write an ISO-8601 duration such as PT30S`);
}

function pingDataMaxSize(data: ConfigData): number {
  const reader: ConfigReader = new ConfigReader('config-ping-defaults', data);
  return reader.int(defaultEventingConfig.pingDataMaxSize, 'dataMaxSize', 'data-max-size');
}

const readers: Readonly<Record<string, (data: ConfigData, parseYaml: YamlParser) => Partial<EventingConfig>>> = {
  'config-br-defaults': (data, parseYaml) => ({ broker: parseBrokerDefaults(data, parseYaml) }),
  'default-ch-webhook': (data, parseYaml) => ({ channel: parseChannelDefaults(data, parseYaml) }),
  'config-features': (data) => ({ features: parseEventingFeatures(data), requestReplyTimeout: requestReplyTimeout(data) }),
  'config-ping-defaults': (data) => ({ pingDataMaxSize: pingDataMaxSize(data) }),
  'config-sugar': (data, parseYaml) => ({ sugar: parseSugarConfig(data, parseYaml) }),
};

/** Names of the ConfigMaps that are read. */
export const eventingConfigMaps: readonly string[] = Object.keys(readers);

/**
 * The settings from the ConfigMaps of namespace knative-eventing. Throws KNC2201 with the name of the ConfigMap if a value is wrong.
 *
 * @param base what holds where a ConfigMap is missing; one that is there and empty has upstream's defaults. Default: those, too
 */
export function parseEventingConfig(maps: EventingMaps, parseYaml: YamlParser, base = defaultEventingConfig): EventingConfig {
  const read = eventingConfigMaps.map((name) => {
    const data = maps[name];
    return data ? readers[name]!(data, parseYaml) : {};
  });
  return Object.assign({}, base, ...read) as EventingConfig;
}
