import type { FieldError } from '../../base';
import { isJsonObject } from '../../base';
import type { RevisionSpec, RevisionTemplateSpec } from '../generated/types';

const shown = (value: unknown): string => JSON.stringify(value) ?? '<unset>';

/** The values that differ, one below the other: path, then the old and the new. */
export function differences(old: unknown, next: unknown, path: string): string[] {
  if (Array.isArray(old) && Array.isArray(next)) {
    const length = Math.max(old.length, next.length);
    return Array.from({ length }, (_, i) => differences(old[i], next[i], `${path}[${i}]`)).flat();
  }
  if (isJsonObject(old) && isJsonObject(next)) {
    const keys = [...new Set([...Object.keys(old), ...Object.keys(next)])].sort();
    return keys.flatMap((key) => differences(old[key], next[key], path ? `${path}.${key}` : key));
  }
  return Object.is(old, next) ? [] : [`${path}:\n\t-: ${shown(old)}\n\t+: ${shown(next)}`];
}

/** A template whose revision has a name of its own may change only together with the name. */
export function nameChangeErrors(old: RevisionTemplateSpec, next: RevisionTemplateSpec): FieldError[] {
  const name = next.metadata?.name;
  if (!name || name !== old.metadata?.name) return [];
  const details = differences(old, next, '');
  if (details.length === 0) return [];
  return [
    {
      message: 'Saw the following changes without a name change (-old +new)',
      paths: ['metadata.name'],
      details: details.join('\n'),
      remedy: 'Give the changed template another name: revisions never change.',
    },
  ];
}

/** The spec of a revision never changes. */
export function immutableSpecErrors(old: RevisionSpec, next: RevisionSpec): FieldError[] {
  const details = differences(old, next, 'spec');
  if (details.length === 0) return [];
  return [
    {
      message: 'Immutable fields changed (-old +new)',
      paths: ['spec'],
      details: details.join('\n'),
      remedy: 'Change the template of the Service or Configuration: that makes a new revision.',
    },
  ];
}
