import { ClusterError } from '../../../kube';
import { pathText } from './field-tree';
import type { Ownership } from './ownership';

/** A field that an applied configuration would change, and its owner. */
export interface FieldConflict {
  readonly owner: Ownership;
  readonly path: readonly string[];
}

function ownerText({ manager, operation, apiVersion, subresource }: Ownership): string {
  const name = JSON.stringify(manager) + (subresource ? ` with subresource ${JSON.stringify(subresource)}` : '');
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}

/** The refusal of an apply that would change what others own. */
export function applyConflict(conflicts: readonly FieldConflict[]): ClusterError {
  const causes = conflicts.map(({ owner, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${ownerText(owner)}`,
    field: pathText(path),
  }));
  return new ClusterError('Conflict', message(conflicts), { causes });
}

function message(conflicts: readonly FieldConflict[]): string {
  const [first] = conflicts;
  if (first && conflicts.length === 1) {
    return `Apply failed with 1 conflict: conflict with ${ownerText(first.owner)}: ${pathText(first.path)}`;
  }
  const owners = [...new Set(conflicts.map(({ owner }) => owner))].sort((a, b) => (a.manager < b.manager ? -1 : 1));
  const lines = owners.flatMap((owner) => [
    `conflicts with ${ownerText(owner)}:`,
    ...conflicts.filter((conflict) => conflict.owner === owner).map(({ path }) => `- ${pathText(path)}`),
  ]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}
