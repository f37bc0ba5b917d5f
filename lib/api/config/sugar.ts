import { formatFieldErrors, isJsonObject, via } from '../../base';
import { selectorErrors } from '../eventing/label-selector';
import type { LabelSelector } from '../generated/types';
import { conform } from '../schema/conform';
import { definition } from '../schema/definitions';
import { type ConfigData, ConfigReader, type YamlParser } from './config-data';

/** For which namespaces and triggers the broker is made that they lack (ConfigMap `config-sugar`), beside those that ask for it. */
export interface SugarConfig {
  /** Namespaces that get a broker `default`; undefined: none. The empty selector: all. */
  readonly namespaceSelector?: LabelSelector;
  /** Triggers whose broker is made; undefined: none. The empty selector: all. */
  readonly triggerSelector?: LabelSelector;
}

function selector(reader: ConfigReader, parseYaml: YamlParser, key: string): LabelSelector | undefined {
  const parsed = reader.yaml(parseYaml, key);
  if (parsed === undefined || parsed === null) return undefined;
  if (!isJsonObject(parsed)) return reader.fail(`${key}: must be a label selector such as {matchLabels: {team: shop}}`);
  const { value, errors } = conform(parsed, definition('LabelSelector'));
  const text = formatFieldErrors(via(key, errors.length > 0 ? errors : selectorErrors(value as LabelSelector)));
  return text ? reader.fail(text) : (value as LabelSelector);
}

/** config-sugar from its data. Throws KNC2201 if a selector is none. */
export function parseSugarConfig(data: ConfigData, parseYaml: YamlParser): SugarConfig {
  const reader: ConfigReader = new ConfigReader('config-sugar', data);
  const namespaceSelector = selector(reader, parseYaml, 'namespace-selector');
  const triggerSelector = selector(reader, parseYaml, 'trigger-selector');
  return { ...(namespaceSelector ? { namespaceSelector } : {}), ...(triggerSelector ? { triggerSelector } : {}) };
}
