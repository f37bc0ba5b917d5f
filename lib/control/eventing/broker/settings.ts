import { type Broker, type ConfigMap, ConfigMapType, type ServingConfig } from '../../../api';
import type { Observed, Read } from '../../reconciler';

const KEYS = ['channel-template-spec', 'channelTemplateSpec'] as const;

/** The ConfigMap that a broker names, unless it is the one of the installation, which asks for nothing special. */
function ownSettings(
  { spec }: Broker,
  { eventing }: ServingConfig,
): { readonly namespace: string; readonly name: string } | undefined {
  const { kind, name = '', namespace = '' } = spec?.config ?? {};
  const usual = eventing.broker.config;
  if (kind !== 'ConfigMap' || (name === usual.name && namespace === usual.namespace)) return undefined;
  return { namespace, name };
}

export function settingsReads(broker: Broker, config: ServingConfig): Read[] {
  const own = ownSettings(broker, config);
  return own ? [{ type: ConfigMapType, ...own }] : [];
}

/** The kind of channel in a template; of its YAML no more is read than that. */
function channelKind({ data = {} }: ConfigMap): string | undefined {
  const text = KEYS.map((key) => data[key]).find((value) => value);
  return text === undefined ? undefined : /^[ \t]*"?kind"?:[ \t]*"?([A-Za-z0-9]+)/m.exec(text)?.[1];
}

/**
 * Why a broker cannot have the settings that it asks for. A broker keeps its events in the log of the engine, which is what an
 * InMemoryChannel has, too; another kind of channel is not there to be had.
 */
export function settingsProblem(broker: Broker, observed: Observed, config: ServingConfig): string | undefined {
  const given = broker.spec?.config;
  if (given && given.kind !== 'ConfigMap') {
    return 'Broker.Spec.Config configuration not supported, only [kind: ConfigMap, apiVersion: v1]';
  }
  const own = ownSettings(broker, config);
  if (!own) return undefined;
  if (!own.namespace || !own.name) return 'Broker.Spec.Config name and namespace are required';
  const map = observed.get(ConfigMapType, own.namespace, own.name);
  if (!map) return `configmap ${JSON.stringify(own.name)} not found`;
  const kind = channelKind(map);
  if (kind === undefined) return 'empty or missing value for config';
  return kind === 'InMemoryChannel' ? undefined : `a broker on a ${kind} is not served here, only on an InMemoryChannel`;
}
