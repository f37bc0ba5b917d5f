import { isJsonObject } from '../../base';
import type { Destination, KReference } from '../generated/types';
import type { KubeObject } from '../meta';

/** Fields of an object of which nothing is known for certain. */
export type Fields = Readonly<Record<string, unknown>>;

export const fieldsOf = (value: unknown): Fields => (isJsonObject(value) ? value : {});
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Without the fields that have no value. */
export const present = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** Where kinds of today are that were somewhere else; `undefined` leaves the version to the group. */
const MOVED: Readonly<Record<string, string>> = {
  'eventing.knative.dev/Channel': 'messaging.knative.dev/v1',
  'eventing.knative.dev/Subscription': 'messaging.knative.dev/v1',
  'channels.knative.dev/Channel': 'messaging.knative.dev/v1',
  'channels.knative.dev/Subscription': 'messaging.knative.dev/v1',
  'messaging.knative.dev/Sequence': 'flows.knative.dev/v1',
  'messaging.knative.dev/Parallel': 'flows.knative.dev/v1',
};

/** The groups whose kinds became v1 as they are. */
const GROWN = /^(serving|eventing|messaging|flows)\.knative\.dev\/v1(alpha|beta)\d+$/;

/** The API version under which a kind is found today. */
export function apiVersionToday(apiVersion: string, kind: string): string {
  const group = apiVersion.split('/')[0]!;
  return MOVED[`${group}/${kind}`] ?? (GROWN.test(apiVersion) ? `${group}/v1` : apiVersion);
}

/** A reference with the API version of today. */
export function referenceToday(value: unknown, fallback: Partial<KReference> = {}): KReference | undefined {
  const { apiVersion, kind, name, namespace } = { ...fallback, ...present(fieldsOf(value)) } as Fields;
  if (!textOf(kind) || !textOf(name)) return undefined;
  const version = apiVersionToday(textOf(apiVersion) ?? 'v1', textOf(kind)!);
  return {
    apiVersion: version,
    kind: textOf(kind)!,
    name: textOf(name)!,
    ...(textOf(namespace) ? { namespace: textOf(namespace)! } : {}),
  };
}

/** What to write where the old object does not say who gets the events. */
const SOMEBODY: Destination = { ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'your-service' } };

/** A destination of today: old ones were references, host names, URLs, or wrapped references. */
export function destinationToday(value: unknown): Destination {
  const { ref, uri, dnsName, channel, target } = fieldsOf(value);
  const reference = referenceToday(ref ?? channel ?? target ?? value);
  const url = textOf(uri) ?? textOf(fieldsOf(target)['uri']) ?? (textOf(dnsName) && `http://${dnsName as string}`);
  if (reference) return { ref: reference };
  return url ? { uri: url } : SOMEBODY;
}

/** The metadata that a person wrote. */
export function metadataOf({ metadata }: KubeObject): KubeObject['metadata'] {
  const { name, namespace, labels } = fieldsOf(metadata);
  return present({ name: textOf(name) ?? 'unnamed', namespace: textOf(namespace), labels });
}
