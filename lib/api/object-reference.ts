import { type FieldError, invalidValue, missingField } from '../base';
import { cIdentifierErrors, dns1123LabelErrors, qualifiedNameErrors } from './names';

/** A reference to an object of the same namespace: all three parts, each well formed. */
export function objectReferenceErrors(reference: {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly name?: string;
}): FieldError[] {
  const part = (field: 'apiVersion' | 'kind' | 'name', check: (value: string) => string[]): FieldError[] => {
    const value = reference[field];
    if (!value) return [missingField(field)];
    const messages = check(value);
    return messages.length > 0 ? [invalidValue(messages.join(', '), field)] : [];
  };
  return [...part('apiVersion', qualifiedNameErrors), ...part('kind', cIdentifierErrors), ...part('name', dns1123LabelErrors)];
}
