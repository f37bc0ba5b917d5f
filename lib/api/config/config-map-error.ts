import { errorMessage } from '../../base';
import type { ConfigMap } from '../core/simple';
import { parseAutoscalerConfig } from './autoscaler';
import type { ConfigData, YamlParser } from './config-data';
import { parseDefaultsConfig } from './defaults';
import { parseDeploymentConfig } from './deployment';
import { parseDomainConfig } from './domain';
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

/**
 * What is wrong with a ConfigMap of the installation, in upstream's words: a value, or a change of the example that would do nothing.
 * Undefined if it is fine, or none of the ConfigMaps that Knative reads.
 */
export function configMapError(configMap: ConfigMap, parseYaml: YamlParser): string | undefined {
  const name = configMap.metadata.name ?? '';
  if (!Object.hasOwn(PARSERS, name)) return undefined;
  const edited = exampleError(configMap);
  if (edited) return edited;
  try {
    PARSERS[name]!(configMap.data ?? {}, parseYaml);
    return undefined;
  } catch (error) {
    return errorMessage(error);
  }
}
