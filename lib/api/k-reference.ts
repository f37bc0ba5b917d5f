import { type FieldError, missingField, withRemedy } from '../base';
import type { KReference } from './generated/types';

export type { KReference } from './generated/types';

/** The reference with the namespace of the object that holds it, unless it names one. */
export function defaultReference(reference: KReference, namespace: string | undefined): KReference {
  return reference.namespace || !namespace ? reference : { ...reference, namespace };
}

/** What is wrong with a reference to an object of the same namespace; the errors' path is that of the reference. */
export function kReferenceErrors(reference: KReference, parentNamespace: string | undefined): FieldError[] {
  const { namespace } = reference;
  const missing = (['name', 'apiVersion', 'kind'] as const).filter((field) => !reference[field]);
  const mismatch: FieldError = {
    message: 'mismatched namespaces',
    paths: ['namespace'],
    details: `parent namespace: ${JSON.stringify(parentNamespace)} does not match ref: ${JSON.stringify(namespace)}`,
  };
  return [
    ...missing.map((field) => missingField(field)),
    ...(namespace && parentNamespace && namespace !== parentNamespace
      ? [withRemedy(mismatch, 'Leave the namespace out, and put both into one namespace.')]
      : []),
  ];
}

/** The reference as Go prints it in messages. */
export function referenceText(reference: KReference): string {
  const { kind, namespace = '', name, apiVersion = '', address = '' } = reference;
  return `Kind = ${kind}, Namespace = ${namespace}, Name = ${name}, APIVersion = ${apiVersion}, Group = , Address = ${address}`;
}
