import type { ResourceType } from '../../api';
import { ClusterError, type StatusDetails } from '../../kube';

/** `services.serving.knative.dev`, or `services` for the core group: how the API server's messages name a resource. */
export function qualifiedResource(type: ResourceType): string {
  return type.group ? `${type.plural}.${type.group}` : type.plural;
}

const qualifiedKind = (type: ResourceType): string => (type.group ? `${type.kind}.${type.group}` : type.kind);

export const notFound = (type: ResourceType, name: string): ClusterError =>
  new ClusterError('NotFound', `${qualifiedResource(type)} "${name}" not found`);

export const alreadyExists = (type: ResourceType, name: string): ClusterError =>
  new ClusterError('AlreadyExists', `${qualifiedResource(type)} "${name}" already exists`);

export const conflict = (type: ResourceType, name: string, why: string): ClusterError =>
  new ClusterError('Conflict', `Operation cannot be fulfilled on ${qualifiedResource(type)} "${name}": ${why}`);

/** Refusal of a write that was made from an older version of the object. */
export const staleVersion = (type: ResourceType, name: string): ClusterError =>
  conflict(type, name, 'the object has been modified; please apply your changes to the latest version and try again');

/** Refusal of a write that was meant for an earlier object of the same name. */
export const wrongUid = (type: ResourceType, name: string, expected: string, actual: string): ClusterError =>
  conflict(type, name, `Precondition failed: UID in precondition: ${expected}, UID in object meta: ${actual}`);

/** Refusal to delete what has another uid or another version than the client has seen. */
export function notAsSeen(
  { group, kind }: ResourceType,
  name: string,
  what: 'UID' | 'ResourceVersion',
  seen: string,
  found: string,
) {
  const since = what === 'UID' ? 'deleted and then recreated' : 'modified';
  const why = `the ${what} in the precondition (${seen}) does not match the ${what} in record (${found})`;
  const about = `Operation cannot be fulfilled on ${group ? `${kind}.${group}` : kind} ${JSON.stringify(name)}`;
  return new ClusterError('Conflict', `${about}: ${why}. The object might have been ${since}`);
}

/** Refusal to create what was meant as a change of an earlier object. */
export const uidOfNone = (type: ResourceType, name: string, uid: string): ClusterError =>
  conflict(type, name, `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`);

function causeOf(detail: string): NonNullable<StatusDetails['causes']>[number] {
  const [, field, message = detail] = /^([^\s:]+): (.*)$/s.exec(detail) ?? [];
  return { reason: 'FieldValueInvalid', message, ...(field === undefined ? {} : { field }) };
}

/** Refusal of an object because of its fields; each detail is `<path>: <what is wrong>`. */
export function invalid(type: ResourceType, name: string, ...details: string[]): ClusterError {
  const text = details.length === 1 ? details[0] : `[${details.join(', ')}]`;
  const about = { name, ...(type.group ? { group: type.group } : {}), kind: type.kind, causes: details.map(causeOf) };
  return new ClusterError('Invalid', `${qualifiedKind(type)} "${name}" is invalid: ${text}`, about);
}

export const forbidden = (type: ResourceType, name: string, why: string): ClusterError =>
  new ClusterError('Forbidden', `${qualifiedResource(type)} "${name}" is forbidden: ${why}`);

/** Refusal to create something in a namespace that is being deleted. */
export function terminating(type: ResourceType, name: string, namespace: string): ClusterError {
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const message = `namespace ${namespace} is being terminated`;
  return new ClusterError('Forbidden', `${qualifiedResource(type)} "${name}" is forbidden: ${why}`, {
    name,
    ...(type.group ? { group: type.group } : {}),
    kind: type.plural,
    causes: [{ reason: 'NamespaceTerminating', message, field: 'metadata.namespace' }],
  });
}

/** Refusal to replace an object whatever its version, which custom resources do not allow. */
export function versionRequired(type: ResourceType, name: string): ClusterError {
  const field = 'metadata.resourceVersion';
  const message = 'Invalid value: 0x0: must be specified for an update';
  return new ClusterError('Invalid', `${qualifiedResource(type)} "${name}" is invalid: ${field}: ${message}`, {
    name,
    ...(type.group ? { group: type.group } : {}),
    kind: type.plural,
    causes: [{ reason: 'FieldValueInvalid', message, field }],
  });
}

/** Refusal of a kind of patch that custom resources do not have. */
export const noStrategicMerge = (): ClusterError =>
  new ClusterError(
    'UnsupportedMediaType',
    'the body of the request was in an unknown format - accepted media types include: ' +
      'application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
  );

export const badRequest = (message: string): ClusterError => new ClusterError('BadRequest', message);

/** Refusal of a patch that cannot be carried out on the object as it is. */
export const patchFailed = (why: string): ClusterError =>
  new ClusterError('Invalid', `the server rejected our request due to an error in our request: ${why}`);

/** A kind, or a part of one, that this server does not have. */
export const noSuchResource = (): ClusterError =>
  new ClusterError('NotFound', 'the server could not find the requested resource');
