import { parse } from 'yaml';
import {
  type ConfigMap,
  EVENTING_NAMESPACE,
  type EventingConfig,
  eventingConfigMaps,
  type KubeObject,
  parseEventingConfig,
  parseServingConfig,
  type ServingConfig,
} from '../../api';

const SERVING_NAMESPACE = 'knative-serving';
const PREFIX = 'config-';
const parseYaml = (text: string): unknown => parse(text) as unknown;

const mapsIn = (objects: readonly KubeObject[], namespace: string): readonly ConfigMap[] =>
  objects.filter(({ apiVersion, kind, metadata }) => {
    return apiVersion === 'v1' && kind === 'ConfigMap' && metadata.namespace === namespace;
  }) as readonly ConfigMap[];

/** What is made of the settings before, or those if the ConfigMap cannot be read: that is told where it is checked itself. */
function changed<T>(before: T, change: () => T): T {
  try {
    return change();
  } catch {
    return before;
  }
}

/** The settings of Knative Eventing once these objects are applied: those before, changed by the ConfigMaps among them. */
export function eventingSettings(objects: readonly KubeObject[], before: EventingConfig): EventingConfig {
  const maps = mapsIn(objects, EVENTING_NAMESPACE).filter(({ metadata }) => eventingConfigMaps.includes(metadata.name ?? ''));
  return maps.reduce(
    (settings, { metadata: { name = '' }, data = {} }) =>
      changed(settings, () => parseEventingConfig({ [name]: data }, parseYaml, settings)),
    before,
  );
}

/** The settings of an installation once these objects are applied: those before, changed by the ConfigMaps among them. */
export function installationSettings(objects: readonly KubeObject[], before: ServingConfig): ServingConfig {
  let settings = before;
  for (const { metadata, data = {} } of mapsIn(objects, SERVING_NAMESPACE)) {
    const { name = '' } = metadata;
    const section = name.slice(PREFIX.length) as keyof ServingConfig;
    if (!name.startsWith(PREFIX) || !Object.hasOwn(before, section) || section === 'eventing') continue;
    const present = settings;
    settings = changed(present, () => ({ ...present, [section]: parseServingConfig({ [name]: data }, { parseYaml })[section] }));
  }
  return { ...settings, eventing: eventingSettings(objects, before.eventing) };
}
