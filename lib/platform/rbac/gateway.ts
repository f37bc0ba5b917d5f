import { INSTALLATION, IngressType, RevisionType, ServerlessServiceType } from '../../api';
import { FOLLOW, type Grant, over } from './grant';

/** Settings are read where they are kept. */
export const settingsGrants = (namespaces: readonly string[]): Grant[] =>
  namespaces.map((namespace) => ({ group: '', resources: ['configmaps'], verbs: FOLLOW, namespace, why: 'settings' }));

/** What the gateway needs: it knows routes and pods, and raises a Deployment from zero. No Secret is among it. */
export const gatewayGrants = (): readonly Grant[] => [
  ...over([IngressType, ServerlessServiceType, RevisionType], FOLLOW, 'where a request goes, and how many at once'),
  { group: '', resources: ['pods'], verbs: ['get', ...FOLLOW], why: 'which pods of a revision take requests' },
  { group: '', resources: ['services', 'endpoints'], verbs: FOLLOW, why: 'other backends of an Ingress' },
  { group: 'discovery.k8s.io', resources: ['endpointslices'], verbs: FOLLOW, why: 'other backends of an Ingress' },
  { group: 'apps', resources: ['deployments'], verbs: ['get'], why: 'whether it is at zero' },
  { group: 'apps', resources: ['deployments/scale'], verbs: ['patch'], why: 'a request that finds no pod raises it from zero' },
  ...settingsGrants([INSTALLATION.servingNamespace]),
];
