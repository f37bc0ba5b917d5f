import { type Addressable, type Destination, K8sServiceType, type ServingConfig } from '../../api';
import type { Observed, Read } from '../reconciler';
import { ResolveError, resolveReference, typeAmong } from '../resolve';
import { eventingAddressables } from './kinds';

/** Where a destination leads. */
export interface Target {
  readonly url: string;
  readonly CACerts?: string;
  readonly audience?: string;
}

const ABSOLUTE = /^[a-z][-+.a-z0-9]*:/i;
const WITH_HOST = /^[a-z][-+.a-z0-9]*:\/\/[^/]/i;

/** The objects by which these destinations are resolved; their namespaces have been filled in. */
export function destinationReads(...destinations: readonly (Destination | undefined)[]): Read[] {
  return destinations.flatMap((destination) => {
    const ref = destination?.ref;
    const type = ref && typeAmong(eventingAddressables, ref);
    return type ? [{ type, namespace: ref.namespace, name: ref.name }] : [];
  });
}

function addressed(destination: Destination, observed: Pick<Observed, 'get'>, config: ServingConfig): Target {
  const ref = destination.ref!;
  const { CACerts, audience } = destination;
  const found: Addressable & { readonly url: string } = resolveReference(
    ref,
    eventingAddressables,
    observed,
    config.domain.clusterDomain,
  );
  const plain = CACerts && typeAmong([K8sServiceType], ref);
  const own = { CACerts: CACerts || found.CACerts, audience: audience || found.audience };
  return { url: plain ? found.url.replace(/^http:/, 'https:') : found.url, ...withoutEmpty(own) };
}

function withoutEmpty({ CACerts, audience }: Omit<Target, 'url'>): Omit<Target, 'url'> {
  return { ...(CACerts ? { CACerts } : {}), ...(audience ? { audience } : {}) };
}

/**
 * Where a destination leads, its namespace filled in: the address of what `ref` names, to which `uri` is relative, or `uri` itself.
 * Certificates and audience of the destination count before those of the object.
 *
 * @throws ResolveError with upstream's message (knative.dev/pkg/resolver)
 */
export function resolveDestination(destination: Destination, observed: Pick<Observed, 'get'>, config: ServingConfig): Target {
  const { ref, uri } = destination;
  if (ref) {
    const target = addressed(destination, observed, config);
    if (!uri) return target;
    if (ABSOLUTE.test(uri)) {
      throw new ResolveError('absolute URI is not allowed when Ref or [apiVersion, kind, name] exists');
    }
    return { ...target, url: new URL(uri, target.url).href };
  }
  if (uri === undefined) throw new ResolveError('destination missing Ref and URI, expected at least one');
  if (!WITH_HOST.test(uri)) {
    throw new ResolveError(`URI is not absolute (both scheme and host should be non-empty): ${JSON.stringify(uri)}`);
  }
  return { url: uri, ...withoutEmpty(destination) };
}
