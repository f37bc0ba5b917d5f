import { type Conditions, conditionOf, type KResourceStatus } from '../../api';

const ASSIGNED = 'AllTrafficAssigned';

/** A traffic target that cannot take requests, and how the route's condition says so. */
export interface TargetError {
  /** Certain; otherwise it may yet become ready. */
  readonly isFailure: boolean;
  mark(conditions: Conditions): Conditions;
}

function failure(reason: string, message: string): TargetError {
  return { isFailure: true, mark: (conditions) => conditions.markFalse(ASSIGNED, reason, message) };
}

/** What the target names does not exist. */
export function missingTarget(kind: 'Configuration' | 'Revision', name: string): TargetError {
  return failure(`${kind}Missing`, `${kind} ${JSON.stringify(name)} referenced in traffic not found.`);
}

/** A Configuration none of whose revisions has become ready, or a revision that is not. */
export function unreadyTarget(
  kind: 'Configuration' | 'Revision',
  name: string,
  object: { readonly status?: KResourceStatus | undefined },
): TargetError {
  const what = `${kind} ${JSON.stringify(name)}`;
  if (conditionOf(object.status?.conditions, 'Ready')?.status === 'False') {
    const end = kind === 'Configuration' ? 'does not have any ready Revision.' : 'failed to become ready.';
    return failure('RevisionMissing', `${what} ${end}`);
  }
  const end = kind === 'Configuration' ? 'is waiting for a Revision to become ready.' : 'is not yet ready.';
  return {
    isFailure: false,
    mark: (conditions) => conditions.markUnknown(ASSIGNED, 'RevisionMissing', `${what} ${end}`),
  };
}

/** A revision of another Service; the Route of a Service may only name the Service's own. */
export function foreignRevision(name: string, expected: string, actual: string | undefined): TargetError {
  const [revision, service] = [JSON.stringify(name), JSON.stringify(expected)];
  return failure(
    'RevisionNotOwned',
    actual
      ? `Revision ${revision} belongs to Service ${JSON.stringify(actual)}, not Service ${service}.`
      : `Revision ${revision} does not belong to Service ${service}.`,
  );
}
