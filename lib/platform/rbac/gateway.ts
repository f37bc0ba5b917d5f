import { INSTALLATION, IngressType, RevisionType, ServerlessServiceType } from '../../api';
import { FOLLOW, type Grant, over } from './grant';
import type { RbacNeeds } from './needs';

/** Settings are read where they are kept. */
export const settingsGrants = (namespaces: readonly string[]): Grant[] =>
  namespaces.map((namespace) => ({ group: '', resources: ['configmaps'], verbs: FOLLOW, namespace, why: 'settings' }));

/** Whoever is dialled asks the API server who dials. */
export const linkGrants = ({ apart }: Pick<RbacNeeds, 'apart'>): readonly Grant[] =>
  apart ? [{ group: 'authentication.k8s.io', resources: ['tokenreviews'], verbs: ['create'], why: 'who dials a link' }] : [];

function certificateGrants({ certificates = [] }: Pick<RbacNeeds, 'certificates'>): readonly Grant[] {
  const grant = { group: '', resources: ['secrets'], verbs: FOLLOW, why: 'certificates that Ingresses name' };
  return certificates === 'all' ? [grant] : certificates.map((namespace) => ({ ...grant, namespace }));
}

/**
 * What the gateway needs: it knows routes and pods, and raises a Deployment from zero. No Secret is among it, unless HTTPS is served:
 * then those of the namespaces where certificates are.
 */
export const gatewayGrants = (needs: Pick<RbacNeeds, 'apart' | 'certificates'>): readonly Grant[] => [
  ...certificateGrants(needs),
  ...over([IngressType, ServerlessServiceType, RevisionType], FOLLOW, 'where a request goes, and how many at once'),
  { group: '', resources: ['pods'], verbs: ['get', ...FOLLOW], why: 'which pods of a revision take requests' },
  { group: '', resources: ['services', 'endpoints'], verbs: FOLLOW, why: 'other backends of an Ingress' },
  { group: 'discovery.k8s.io', resources: ['endpointslices'], verbs: FOLLOW, why: 'other backends of an Ingress' },
  { group: 'apps', resources: ['deployments'], verbs: ['get'], why: 'whether it is at zero' },
  { group: 'apps', resources: ['deployments/scale'], verbs: ['patch'], why: 'a request that finds no pod raises it from zero' },
  ...(needs.apart
    ? [
        {
          ...{ group: 'coordination.k8s.io', resources: ['leases'], verbs: ['get'] as const, names: [INSTALLATION.lease] },
          ...{ namespace: INSTALLATION.servingNamespace, why: 'whether somebody leads who does not hear of it' },
        },
      ]
    : []),
  ...linkGrants(needs),
  ...settingsGrants([INSTALLATION.servingNamespace]),
];
