import {
  type ConfigMap,
  EVENTING_NAMESPACE,
  type EventingFeatures,
  eventingFeatureKey,
  type FeatureName,
  featureKey,
  formatDuration,
  SERVING_NAMESPACE,
} from '../../api';
import { metadataOf } from '../objects/labels';
import type { ResolvedPlatform } from '../options';
import type { BrokerSetting, PlatformSettings, SettingAmounts, SettingDuration } from './settings';

type Data = Record<string, string>;

const isDuration = (value: unknown): value is Exclude<SettingDuration, string> =>
  typeof value === 'object' && value !== null && typeof (value as { toMilliseconds?: unknown }).toMilliseconds === 'function';

/** The text of a setting; what is an object is told as JSON, which is YAML. */
function text(value: unknown): string {
  if (isDuration(value)) return formatDuration(value.toMilliseconds());
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

/** `stableWindow` → `stable-window`. */
const kebab = (prop: string): string => prop.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Props whose key is not their name in kebab case. */
const KEYS: Readonly<Record<string, string>> = {
  runtimeClassNames: 'runtime-class-name',
  rolloutDurationSeconds: 'rollout-duration',
  requestReplyDefaultTimeout: 'requestreply-default-timeout',
};

function plain(settings: object | undefined, keyOf = (prop: string) => KEYS[prop] ?? kebab(prop)): Data {
  const set = Object.entries(settings ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set.map(([prop, value]) => [keyOf(prop), text(value)]));
}

function amounts(of: 'revision' | 'queue-sidecar', kind: 'request' | 'limit', given: SettingAmounts = {}): Data {
  const { cpu, memory, ephemeralStorage } = given;
  const all = { cpu, memory, 'ephemeral-storage': ephemeralStorage };
  return Object.fromEntries(
    Object.entries(all).flatMap(([resource, amount]) => (amount === undefined ? [] : [[`${of}-${resource}-${kind}`, amount]])),
  );
}

const selected = (labels: Readonly<Record<string, string>>): object =>
  Object.keys(labels).length === 0 ? {} : { selector: labels };

function brokerScope({ config, ...rest }: BrokerSetting): object {
  return { ...rest, ...config };
}

const mapValues = <T, U>(object: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));

function brokerDefaults({ clusterDefault, namespaceDefaults }: NonNullable<PlatformSettings['brokerDefaults']>): object {
  return {
    ...(clusterDefault ? { clusterDefault: brokerScope(clusterDefault) } : {}),
    ...(namespaceDefaults ? { namespaceDefaults: mapValues(namespaceDefaults, brokerScope) } : {}),
  };
}

function servingData({ settings, domain, image, queueSidecar }: ResolvedPlatform): Record<string, Data> {
  const { autoscaler, defaults, deployment, domains, features, gc, network } = settings;
  const { revisionRequests, revisionLimits, ...otherDefaults } = defaults ?? {};
  const { runtimeClassNames, queueSidecarRequests, queueSidecarLimits, ...otherDeployment } = deployment ?? {};
  const allDomains = { ...(domain === undefined ? {} : { [domain]: {} }), ...domains };
  return {
    'config-autoscaler': plain(autoscaler),
    'config-defaults': {
      ...plain(otherDefaults),
      ...amounts('revision', 'request', revisionRequests),
      ...amounts('revision', 'limit', revisionLimits),
    },
    'config-deployment': {
      ...plain({ queueSidecarImage: image.reference, ...(queueSidecar ? { queueSidecarEnabled: true } : {}) }),
      ...plain(otherDeployment),
      ...amounts('queue-sidecar', 'request', queueSidecarRequests),
      ...amounts('queue-sidecar', 'limit', queueSidecarLimits),
      ...plain({ runtimeClassNames: runtimeClassNames && mapValues(runtimeClassNames, selected) }),
    },
    'config-domain': mapValues(allDomains, (labels) => (Object.keys(labels).length === 0 ? '' : text(selected(labels)))),
    'config-features': plain(features, (prop) => (prop === 'securePodDefaults' ? kebab(prop) : featureKey(prop as FeatureName))),
    'config-gc': plain(gc),
    'config-network': plain(network),
  };
}

function eventingData({ settings }: ResolvedPlatform): Record<string, Data> {
  const { eventingFeatures, brokerDefaults: broker, channelDefaults, pingDataMaxSize, sugar } = settings;
  const switches = mapValues(eventingFeatures ?? {}, (value) =>
    typeof value === 'boolean' ? (value ? 'enabled' : 'disabled') : value,
  );
  return {
    'config-features': plain(switches, (prop) => KEYS[prop] ?? eventingFeatureKey(prop as keyof EventingFeatures)),
    'config-br-defaults': plain({ a: broker && brokerDefaults(broker) }, () => 'default-br-config'),
    'default-ch-webhook': plain({ a: channelDefaults }, () => 'default-ch-config'),
    'config-ping-defaults': plain({ a: pingDataMaxSize }, () => 'data-max-size'),
    'config-sugar': plain(sugar),
  };
}

/** Read by admission policies, and there without saying anything. */
const ALWAYS = ['config-autoscaler', 'config-defaults', 'config-features'];

/** The ConfigMaps of the platform: those that say something, and those that admission policies read. */
export function configMaps(platform: ResolvedPlatform): readonly ConfigMap[] {
  const { raw = {} } = platform.settings;
  return [
    ...mapsOf(platform, SERVING_NAMESPACE, servingData(platform), raw.serving),
    ...(platform.eventing ? mapsOf(platform, EVENTING_NAMESPACE, eventingData(platform), raw.eventing) : []),
  ];
}

function mapsOf(
  platform: ResolvedPlatform,
  namespace: string,
  typed: Record<string, Data>,
  raw: Readonly<Record<string, Readonly<Data>>> = {},
): ConfigMap[] {
  return [...new Set([...Object.keys(typed), ...Object.keys(raw)])].flatMap((name) => {
    const data = { ...typed[name], ...raw[name] };
    const isRead = namespace === SERVING_NAMESPACE && ALWAYS.includes(name);
    if (Object.keys(data).length === 0 && !isRead) return [];
    return [
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: metadataOf(platform, name, 'settings', namespace),
        data,
      },
    ];
  });
}
