import { formatFieldErrors, isJsonObject, missingField, via } from '../../base';
import type { ChannelTemplateSpec } from '../generated/types';
import { conform } from '../schema/conform';
import { definition } from '../schema/definitions';
import { type ConfigData, ConfigReader, type YamlParser } from './config-data';

/** What channels are made of where a Channel, Sequence or Parallel names none: by namespace, and everywhere else. */
export interface ChannelDefaults {
  readonly channelTemplate: ChannelTemplateSpec;
  readonly namespaces?: Readonly<Record<string, ChannelTemplateSpec>>;
}

/** What a release of upstream installs. */
export const defaultChannelDefaults: ChannelDefaults = {
  channelTemplate: { apiVersion: 'messaging.knative.dev/v1', kind: 'InMemoryChannel' },
};

/** The template for a channel in this namespace. */
export const channelTemplateFor = ({ namespaces, channelTemplate }: ChannelDefaults, namespace = ''): ChannelTemplateSpec =>
  namespaces?.[namespace] ?? channelTemplate;

const CONFIG_MAP = 'default-ch-webhook';
const KEY = 'default-ch-config';

function template(reader: ConfigReader, value: unknown, at: string): ChannelTemplateSpec {
  if (!isJsonObject(value)) return reader.fail(`${KEY}: ${at}: must be an object with apiVersion and kind`);
  const { value: kept, errors } = conform(value, definition('ChannelTemplateSpec'));
  const missing = (['apiVersion', 'kind'] as const).filter((part) => !kept[part]).map((part) => missingField(part));
  const text = formatFieldErrors(via(at, [...errors, ...(errors.length > 0 ? [] : missing)]));
  return text ? reader.fail(`${KEY}: ${text}`) : (kept as ChannelTemplateSpec);
}

/**
 * `default-ch-webhook` from its data: `clusterDefault` and `namespaceDefaults`, each a channel template. Throws KNC2201 if something
 * in it is wrong. Empty: what a release of upstream has.
 */
export function parseChannelDefaults(data: ConfigData, parseYaml: YamlParser): ChannelDefaults {
  const reader: ConfigReader = new ConfigReader(CONFIG_MAP, data);
  const parsed = reader.yaml(parseYaml, KEY);
  if (parsed === undefined || parsed === null) return defaultChannelDefaults;
  if (!isJsonObject(parsed)) return reader.fail(`${KEY}: must be an object`);
  const stranger = Object.keys(parsed).find((key) => key !== 'clusterDefault' && key !== 'namespaceDefaults');
  if (stranger !== undefined) reader.fail(`${KEY}: ${stranger}: no such setting; there are clusterDefault, namespaceDefaults`);
  const { clusterDefault, namespaceDefaults = {} } = parsed;
  if (!isJsonObject(namespaceDefaults)) return reader.fail(`${KEY}: namespaceDefaults: must be an object`);
  const own = Object.entries(namespaceDefaults).map(
    ([name, value]) => [name, template(reader, value, `namespaceDefaults.${name}`)] as const,
  );
  return {
    channelTemplate:
      clusterDefault === undefined ? defaultChannelDefaults.channelTemplate : template(reader, clusterDefault, 'clusterDefault'),
    ...(own.length > 0 ? { namespaces: Object.fromEntries(own) } : {}),
  };
}
