import type { ResourceType } from '../../../api';
import { isJsonObject, setOwn } from '../../../base';
import { ClusterError } from '../../../kube';
import { isBuiltIn, kindSchema, pruned, unknownFields } from '../../schemas';
import { duplicateFields } from './duplicate-fields';

/** What becomes of fields that a kind does not have, or that an object has twice: `fieldValidation` of a write. */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

const MODES: readonly FieldValidation[] = ['Ignore', 'Warn', 'Strict'];

/** The `fieldValidation` of a request. @throws ClusterError Invalid */
export function fieldValidationOf(
  options: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
  query: URLSearchParams,
): FieldValidation {
  const given = query.get('fieldValidation');
  if (!given) return 'Warn';
  const mode = MODES.find((one) => one === given);
  if (mode) return mode;
  const why = `Unsupported value: ${JSON.stringify(given)}: supported values: "", "Ignore", "Strict", "Warn"`;
  throw new ClusterError('Invalid', `${options}.meta.k8s.io "" is invalid: fieldValidation: ${why}`);
}

/** What a strict decoder says of a body, in its words. `text` is the body if it is JSON. */
function findings(type: ResourceType, value: unknown, text: string | undefined): string[] {
  return [
    ...unknownFields(value, kindSchema(type)).map((path) => `unknown field ${JSON.stringify(path)}`),
    ...(text === undefined ? [] : duplicateFields(text).map((path) => `duplicate field ${JSON.stringify(path)}`)),
  ];
}

/** A body that has been decoded. */
export interface Validated<T> {
  readonly value: T;
  /** What to tell the client beside the answer, as `Warning` headers. */
  readonly warnings: readonly string[];
}

/**
 * An object as its kind has it. Kubernetes' own kinds drop fields that they do not have; those of custom resources are left to
 * their rules, which refuse them by name.
 *
 * @throws ClusterError BadRequest if the mode is Strict and something is wrong
 */
export function validatedObject<T>(type: ResourceType, mode: FieldValidation, value: T, text?: string): Validated<T> {
  const found = mode === 'Ignore' ? [] : findings(type, value, text);
  if (mode === 'Strict' && found.length > 0) {
    const what = `${type.kind} in version ${JSON.stringify(type.version)} cannot be handled as a ${type.kind}`;
    throw new ClusterError('BadRequest', `${what}: strict decoding error: ${found.join(', ')}`);
  }
  return { value: isBuiltIn(type) ? (pruned(value, kindSchema(type)) as T) : value, warnings: found };
}

/**
 * Checks the fields that a patch sets. What it drops is left to the cluster.
 *
 * @throws ClusterError Invalid if the mode is Strict and something is wrong
 */
export function validatedPatch(type: ResourceType, mode: FieldValidation, patch: unknown, text?: string): readonly string[] {
  if (mode === 'Ignore') return [];
  const values = Array.isArray(patch) ? patch.map(asObject) : [patch];
  const found = [
    ...values.flatMap((value) => findings(type, value, undefined)),
    ...(text === undefined || Array.isArray(patch)
      ? []
      : duplicateFields(text).map((path) => `duplicate field ${JSON.stringify(path)}`)),
  ];
  if (mode === 'Strict' && found.length > 0) {
    const why = `Invalid value: ${JSON.stringify(JSON.stringify(patch))}: strict decoding error: ${found.join(', ')}`;
    throw new ClusterError('Invalid', ` "" is invalid: patch: ${why}`, {
      causes: [{ reason: 'FieldValueInvalid', message: why, field: 'patch' }],
    });
  }
  return found;
}

/** The object that one operation of a JSON patch would make of nothing. */
function asObject(operation: unknown): unknown {
  if (!isJsonObject(operation) || (operation.op !== 'add' && operation.op !== 'replace')) return {};
  const steps = String(operation.path ?? '')
    .split('/')
    .slice(1);
  return steps.reduceRight<unknown>((value, step) => {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (/^(\d+|-)$/.test(name)) return [value];
    const object: Record<string, unknown> = {};
    setOwn(object, name, value);
    return object;
  }, operation.value);
}
