/** Whether an error refuses the object or only warns its author. */
export type FieldErrorLevel = 'error' | 'warning';

/**
 * What is wrong with one or more fields of an object. The message is upstream's text where upstream has one
 * (knative.dev/pkg/apis FieldError); the remedy is ours and is shown on a line of its own.
 */
export interface FieldError {
  /** What is wrong, without the path: `missing field(s)`. */
  readonly message: string;
  /** The fields concerned, from the object's root: `spec.template.spec.containers[0].image`. */
  readonly paths: readonly string[];
  /** Upstream's second line, where it has one. */
  readonly details?: string;
  /** How to fix it, in one sentence. */
  readonly remedy?: string;
  /** @default 'error' */
  readonly level?: FieldErrorLevel;
}

const join = (...parts: string[]): string =>
  parts
    .filter((part) => part !== '')
    .reduce((path, part) => (path === '' || part.startsWith('[') ? path + part : `${path}.${part}`), '');

/** The same errors, one level further out: `via('spec', errors)`, `via('containers[0]', errors)`, `via('[2]', errors)`. */
export function via(prefix: string, errors: readonly FieldError[]): FieldError[] {
  return errors.map((error) => ({
    ...error,
    paths: error.paths.length > 0 ? error.paths.map((path) => join(prefix, path)) : [prefix],
  }));
}

/** The message as upstream prints it: `<message>: <path>[, <path>]`, then the details. A path that it names already stands once. */
export function formatFieldError(error: FieldError): string {
  const paths = [...error.paths].sort().join(', ');
  const named = error.paths.length === 0 || error.message.endsWith(JSON.stringify(paths));
  const head = named ? error.message : `${error.message}: ${paths}`;
  return error.details ? `${head}\n${error.details}` : head;
}

/** All errors of a list as upstream joins them, one to a line; warnings are left out. */
export function formatFieldErrors(errors: readonly FieldError[]): string {
  return errors
    .filter((error) => error.level !== 'warning')
    .map(formatFieldError)
    .join('\n');
}

export const missingField = (...paths: string[]): FieldError => ({ message: 'missing field(s)', paths });
export const disallowedFields = (...paths: string[]): FieldError => ({ message: 'must not set the field(s)', paths });
export const invalidValue = (value: unknown, path: string, details?: string): FieldError => ({
  message: `invalid value: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  paths: [path],
  ...(details ? { details } : {}),
});
export const invalidKeyName = (key: string, path: string, details?: string): FieldError => ({
  message: `invalid key name ${JSON.stringify(key)}`,
  paths: [path],
  ...(details ? { details } : {}),
});
export const outOfBounds = (value: unknown, low: unknown, high: unknown, path: string): FieldError => ({
  message: `expected ${low} <= ${value} <= ${high}`,
  paths: [path],
});
export const missingOneOf = (...paths: string[]): FieldError => ({ message: 'expected exactly one, got neither', paths });
export const multipleOneOf = (...paths: string[]): FieldError => ({ message: 'expected exactly one, got both', paths });
export const generic = (message: string, ...paths: string[]): FieldError => ({ message, paths });

/** The same error with a remedy. */
export const withRemedy = (error: FieldError, remedy: string): FieldError => ({ ...error, remedy });
