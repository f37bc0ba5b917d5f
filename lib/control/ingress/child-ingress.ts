import {
  annotationOf,
  annotations,
  type Ingress,
  type IngressSpec,
  type ServingConfig,
  type Stored,
  setDefaults,
} from '../../api';
import { semanticEqual } from '../engine/json';
import { without } from '../metadata';

/** Older spellings and what belongs to the parent alone. */
const NOT_FOR_INGRESS = new Set<string>([
  annotations.lastAppliedConfiguration[0],
  annotations.certificateClass[1],
  annotations.ingressClass[1],
]);
const CLASS = annotations.ingressClass[0];

/** The Ingress of a parent cannot be made because the parent asks for something that does not exist. */
export class IngressError extends Error {}

/** What an Ingress has of its parent's annotations, and its class: the parent's own or that of the installation. */
export function ingressAnnotations(
  own: Readonly<Record<string, string>> | undefined,
  config: ServingConfig,
): Readonly<Record<string, string>> {
  return {
    ...without(own, (key) => NOT_FOR_INGRESS.has(key)),
    [CLASS]: annotationOf(own, annotations.ingressClass) || config.network.ingressClass,
  };
}

/** What becomes of plain HTTP: as the parent's annotations say, else the installation. @throws IngressError */
export function httpOptionOf(
  own: Readonly<Record<string, string>> | undefined,
  config: ServingConfig,
): IngressSpec['httpOption'] {
  const given = annotationOf(own, annotations.httpProtocol);
  const protocol = given?.toLowerCase() || config.network.httpProtocol;
  if (protocol === 'enabled') return 'Enabled';
  if (protocol === 'redirected') return 'Redirected';
  if (given) throw new IngressError(`incorrect http-protocol annotation: ${protocol}`);
  return undefined;
}

/** Whether the front door's controller has seen the very spec that is wanted. */
export function isTakenIn(existing: Stored<Ingress>, desired: Ingress, config: ServingConfig): boolean {
  return (
    existing.metadata.generation === existing.status?.observedGeneration &&
    semanticEqual(setDefaults<Ingress>(existing, config).spec, setDefaults(desired, config).spec)
  );
}
