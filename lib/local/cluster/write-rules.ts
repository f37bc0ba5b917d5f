import { apiVersionOf, type KubeObject, type ObjectMeta, type ResourceType } from '../../api';
import { jsonEqual, timestamp } from '../../base';
import { frozenCopy } from './frozen-copy';
import type { AnyStored } from './object-table';
import { badRequest, invalid, noSuchResource, notAsSeen, staleVersion, wrongUid } from './refusals';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with" +
  " an alphanumeric character (e.g. 'example.com', regex used for validation is" +
  " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/** The most that a generated name keeps of its base, so that with its suffix it is a label. */
export const MAX_GENERATED_BASE = 58;

/** A frozen copy of a client's object, if it is one of this kind and says where it belongs; cluster-scoped kinds have no namespace. */
export function checkKind<T extends KubeObject>(type: ResourceType, input: T): T {
  const object = frozenCopy(input);
  if (typeof object !== 'object' || object === null || typeof object.metadata !== 'object') {
    throw badRequest('an object needs apiVersion, kind and metadata');
  }
  if (object.apiVersion !== apiVersionOf(type) || object.kind !== type.kind) {
    throw badRequest(
      `${object.kind} in version "${object.apiVersion}" cannot be handled as a ${type.kind} in version "${apiVersionOf(type)}"`,
    );
  }
  if (!type.namespaced) return { ...object, metadata: { ...object.metadata, namespace: undefined } };
  if (!object.metadata.namespace) throw badRequest('an empty namespace may not be set during creation');
  return object;
}

function checkName(type: ResourceType, name: string): void {
  if (name === '') throw invalid(type, name, 'metadata.name: Required value: name or generateName is required');
  if (name.length > 253) throw invalid(type, name, `metadata.name: Invalid value: "${name}": must be no more than 253 bytes`);
  // Names in this group may hold colons: system:controller:x.
  if (type.group === 'rbac.authorization.k8s.io') return;
  if (!SUBDOMAIN.test(name)) throw invalid(type, name, `metadata.name: Invalid value: "${name}": ${SUBDOMAIN_RULE}`);
}

/** Refuses a write that was made for another version or another object than `old`. */
export function checkPreconditions(type: ResourceType, old: AnyStored, wanted: { resourceVersion?: string; uid?: string }): void {
  const { name, uid, resourceVersion } = old.metadata;
  if (wanted.uid && wanted.uid !== uid) throw wrongUid(type, name, wanted.uid, uid);
  if (wanted.resourceVersion && wanted.resourceVersion !== resourceVersion) throw staleVersion(type, name);
}

/** Refuses to delete another object, or another version of it, than the client has seen. */
export function checkSeen(type: ResourceType, old: AnyStored, seen: { resourceVersion?: string; uid?: string }): void {
  const { name, uid, resourceVersion } = old.metadata;
  if (seen.uid && seen.uid !== uid) throw notAsSeen(type, name, 'UID', seen.uid, uid);
  if (!seen.resourceVersion || seen.resourceVersion === resourceVersion) return;
  throw notAsSeen(type, name, 'ResourceVersion', seen.resourceVersion, resourceVersion);
}

/** What a client's object becomes when it is created: metadata of the server's making, no status where that is written apart. */
export function created<T extends KubeObject>(type: ResourceType, object: T, name: string, uid: string, now: number): T {
  if (object.metadata.resourceVersion) throw badRequest('resourceVersion should not be set on objects to be created');
  checkName(type, name);
  const metadata: ObjectMeta = {
    ...object.metadata,
    name,
    uid,
    creationTimestamp: timestamp(now),
    generation: type.statusSubresource ? 1 : undefined,
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
    managedFields: undefined,
  };
  return type.statusSubresource ? { ...object, metadata, status: undefined } : { ...object, metadata };
}

/** `old` with everything that a client may change taken from `object`. */
export function updated<T extends KubeObject>(type: ResourceType, old: AnyStored, object: T): T {
  const refused = (object.metadata.finalizers ?? []).filter((finalizer) => !old.metadata.finalizers?.includes(finalizer));
  if (old.metadata.deletionTimestamp && refused.length > 0) {
    throw invalid(
      type,
      old.metadata.name,
      'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, ' +
        `found new finalizers []string{${refused.map((f) => JSON.stringify(f)).join(', ')}}`,
    );
  }
  const { uid, creationTimestamp, generation, deletionTimestamp, deletionGracePeriodSeconds, generateName } = old.metadata;
  const metadata: ObjectMeta = {
    ...object.metadata,
    name: old.metadata.name,
    namespace: old.metadata.namespace,
    generateName,
    uid,
    resourceVersion: old.metadata.resourceVersion,
    creationTimestamp,
    generation,
    deletionTimestamp,
    deletionGracePeriodSeconds,
    managedFields: undefined,
  };
  return type.statusSubresource ? { ...object, metadata, status: old.status } : { ...object, metadata };
}

/** `old` with the status of `object`. */
export function statusUpdated(type: ResourceType, old: AnyStored, object: KubeObject): AnyStored {
  if (!type.statusSubresource) throw noSuchResource();
  return { ...old, status: object.status };
}

const APART = new Set(['apiVersion', 'kind', 'metadata', 'status']);

/** True if anything but metadata and status differs: what `metadata.generation` counts. */
export function specDiffers(a: KubeObject, b: KubeObject): boolean {
  const left = a as unknown as Record<string, unknown>;
  const right = b as unknown as Record<string, unknown>;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].some((key) => !APART.has(key) && !jsonEqual(left[key], right[key]));
}

/** The object with its generation raised, if its kind counts generations. */
export function nextGeneration<T extends KubeObject>(object: T): T {
  const { generation } = object.metadata;
  return generation ? { ...object, metadata: { ...object.metadata, generation: generation + 1 } } : object;
}
