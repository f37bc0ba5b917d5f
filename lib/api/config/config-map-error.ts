import { errorMessage } from '../../base';
import type { ConfigMap } from '../core/simple';
import { parseAutoscalerConfig } from './autoscaler';
import type { ConfigData, YamlParser } from './config-data';
import { parseDefaultsConfig } from './defaults';
import { parseDeploymentConfig } from './deployment';
import { parseDomainConfig } from './domain';
import { EVENTING_NAMESPACE, eventingConfigMaps, parseEventingConfig } from './eventing';
import { exampleError } from './example-checksum';
import { parseFeaturesConfig } from './features';
import { parseGcConfig } from './gc';
import { parseNetworkConfig } from './network';

const PARSERS: Readonly<Record<string, (data: ConfigData, parseYaml: YamlParser) => unknown>> = {
  'config-autoscaler': parseAutoscalerConfig,
  'config-defaults': parseDefaultsConfig,
  'config-deployment': parseDeploymentConfig,
  'config-domain': parseDomainConfig,
  'config-features': parseFeaturesConfig,
  'config-gc': parseGcConfig,
  'config-network': parseNetworkConfig,
};

/** What reads a ConfigMap, if it is one that Knative reads. Both halves of Knative have a `config-features`: the namespace tells. */
function parserOf({ metadata: { name = '', namespace } }: ConfigMap): (typeof PARSERS)[string] | undefined {
  const forEventing = namespace === EVENTING_NAMESPACE || (namespace === undefined && !Object.hasOwn(PARSERS, name));
  if (forEventing && eventingConfigMaps.includes(name)) {
    return (data, parseYaml) => parseEventingConfig({ [name]: data }, parseYaml);
  }
  return namespace !== EVENTING_NAMESPACE && Object.hasOwn(PARSERS, name) ? PARSERS[name] : undefined;
}

/**
 * What is wrong with a ConfigMap of the installation, in upstream's words: a value, or a change of the example that would do nothing.
 * Undefined if it is fine, or none of the ConfigMaps that Knative reads.
 */
export function configMapError(configMap: ConfigMap, parseYaml: YamlParser): string | undefined {
  const parser = parserOf(configMap);
  if (!parser) return undefined;
  const edited = exampleError(configMap);
  if (edited) return edited;
  try {
    parser(configMap.data ?? {}, parseYaml);
    return undefined;
  } catch (error) {
    return errorMessage(error);
  }
}
