import { X509Certificate } from 'node:crypto';
import { type FieldError, generic, invalidValue, missingField, via, withRemedy } from '../../base';
import type { Destination, KReference } from '../generated/types';
import { defaultReference } from '../k-reference';

const SCHEME = /^[a-z][-+.a-z0-9]*:/i;
const WITH_HOST = /^[a-z][-+.a-z0-9]*:\/\/[^/]/i;

/** The destination with the namespace of the object that holds it, unless it names one. */
export function defaultDestination<T extends Destination>(destination: T, namespace: string | undefined): T {
  const { ref } = destination;
  const full = ref && defaultReference(ref, namespace);
  return full === ref ? destination : { ...destination, ref: full };
}

/** The parts of a reference that must be there. */
export function referenceErrors(reference: KReference): FieldError[] {
  return (['name', 'apiVersion', 'kind'] as const).filter((part) => !reference[part]).map((part) => missingField(part));
}

function certificateErrors(text: string): FieldError[] {
  const block = /-----BEGIN ([A-Z ]+)-----/.exec(text)?.[1];
  if (block === undefined) return [invalidValue('CA Cert provided is invalid', 'CACerts')];
  if (block !== 'CERTIFICATE') return [invalidValue('CA Cert provided is not a certificate', 'CACerts')];
  try {
    new X509Certificate(text);
    return [];
  } catch {
    return [invalidValue('CA Cert provided is invalid', 'CACerts')];
  }
}

/** What is wrong with a destination; the errors' path is that of the destination. */
export function destinationErrors(destination: Destination | undefined): FieldError[] {
  if (!destination) return [];
  const { ref, uri, CACerts } = destination;
  if (!ref && uri === undefined) return [generic('expected at least one, got none', 'ref', 'uri')];
  if (ref && uri !== undefined && SCHEME.test(uri)) {
    const message = 'Absolute URI is not allowed when Ref or [apiVersion, kind, name] is present';
    return [
      withRemedy(generic(message, '[apiVersion, kind, name]', 'ref', 'uri'), 'Leave one of them out, or write a path as uri.'),
    ];
  }
  if (!ref && !WITH_HOST.test(uri!)) {
    const message = 'Relative URI is not allowed when Ref and [apiVersion, kind, name] is absent';
    return [withRemedy(invalidValue(message, 'uri'), 'Write a URL with scheme and host: "https://example.com/events".')];
  }
  return [...(ref ? via('ref', referenceErrors(ref)) : []), ...(CACerts === undefined ? [] : certificateErrors(CACerts))];
}
