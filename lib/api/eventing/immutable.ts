import type { FieldError } from '../../base';
import { differences } from '../serving/immutable';

/** A part of an object that may not change, and did. */
export function immutableErrors(old: unknown, next: unknown, path: string, remedy: string): FieldError[] {
  const details = differences(old, next, path);
  if (details.length === 0) return [];
  return [{ message: 'Immutable fields changed (-old +new)', paths: [path], details: details.join('\n'), remedy }];
}
