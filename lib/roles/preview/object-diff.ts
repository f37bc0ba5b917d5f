import { annotations, apiVersionOf, eventingGroups, type KubeObject, labels, SecretType, signatureKeys } from '../../api';
import { isJsonObject, jsonEqual } from '../../base';
import { LAST_APPLIED_ANNOTATION } from '../../local';

/** One field that differs. `before` undefined: it is new; `after` undefined: it goes. */
export interface FieldChange {
  /** `spec.template.spec.containers[user-container].image`. */
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Metadata that people and plans write; the rest is the server's. */
const OWN_METADATA = ['labels', 'annotations', 'finalizers'];
/** Labels, annotations and fields that say when something happened, hold uids, or are assigned: they differ each time. */
const INCIDENTAL: ReadonlySet<string> = new Set([
  LAST_APPLIED_ANNOTATION,
  ...annotations.routingStateModified,
  ...annotations.lastPinned,
  ...annotations.creator,
  ...annotations.lastModifier,
  ...eventingGroups.flatMap((group) => Object.values(signatureKeys(group))),
  ...annotations.rollout,
  labels.serviceUID,
  labels.configurationUID,
  labels.revisionUID,
  labels.deploymentHash,
  'clusterIP',
  'clusterIPs',
]);
const REDACTED = '(secret)';

/** The fields of two objects of one identity that differ, but for status and what the server writes. Secrets are not shown. */
export function diffObjects(before: KubeObject, after: KubeObject): FieldChange[] {
  const changes: FieldChange[] = [];
  compare('', comparable(before), comparable(after), changes);
  const secret = after.apiVersion === apiVersionOf(SecretType) && after.kind === SecretType.kind;
  return secret ? changes.map(redacted) : changes;
}

function comparable({
  status: _status,
  apiVersion: _version,
  kind: _kind,
  metadata,
  ...rest
}: KubeObject): Record<string, unknown> {
  const own = Object.fromEntries(OWN_METADATA.map((field) => [field, metadata[field as 'labels']]));
  return { metadata: own, ...rest };
}

function compare(path: string, before: unknown, after: unknown, changes: FieldChange[]): void {
  if (jsonEqual(before, after) || (isEmpty(before) && isEmpty(after))) return;
  if (isJsonObject(before) && isJsonObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (!INCIDENTAL.has(key)) compare(fieldPath(path, key), before[key], after[key], changes);
    }
    return;
  }
  const names = Array.isArray(before) && Array.isArray(after) ? [namesOf(before), namesOf(after)] : [];
  if (names[0] && names[1]) {
    for (const name of new Set([...names[0].keys(), ...names[1].keys()])) {
      compare(`${path}[${name}]`, names[0].get(name), names[1].get(name), changes);
    }
    return;
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    for (const [i, item] of before.entries()) compare(`${path}[${i}]`, item, after[i], changes);
    return;
  }
  changes.push({ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) });
}

/** An absent map, an empty one and one of incidental things are the same. */
const isEmpty = (value: unknown): boolean =>
  value === undefined || (isJsonObject(value) && Object.keys(value).every((key) => INCIDENTAL.has(key)));

const fieldPath = (path: string, key: string): string => {
  if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
};

/** Items by name, if every one has a name of its own. */
function namesOf(list: readonly unknown[]): Map<string, unknown> | undefined {
  const names = new Map<string, unknown>();
  for (const item of list) {
    if (!isJsonObject(item) || typeof item['name'] !== 'string' || names.has(item['name'])) return undefined;
    names.set(item['name'], item);
  }
  return names;
}

function redacted({ path, ...change }: FieldChange): FieldChange {
  if (!/^(data|stringData)\b/.test(path)) return { path, ...change };
  return { path, ...('before' in change ? { before: REDACTED } : {}), ...('after' in change ? { after: REDACTED } : {}) };
}
