import {
  annotations,
  controllerRef,
  type Endpoints,
  EndpointsType,
  type Ingress,
  type K8sService,
  K8sServiceType,
  labels,
  type ObjectMeta,
  type Route,
  type ServicePort,
  type ServingConfig,
  type Stored,
} from '../../api';
import { INGRESS_CLASS } from '../ingress';
import { ingressAnnotations } from '../ingress/child-ingress';
import { without } from '../metadata';
import type { Apply, Observed, Plan } from '../reconciler';
import { hostnameOf, hostOf } from './domains';
import type { Visibility } from './visibility';

const PORT_NAME = 'http2';
const H2C = 'kubernetes.io/h2c';
const PORTS: readonly ServicePort[] = [{ name: PORT_NAME, appProtocol: H2C, port: 80, targetPort: 80 }];
const MESH_PORTS: readonly ServicePort[] = [{ name: 'http', port: 80 }];

/** A Service of a route and, where the front door is an address, the Endpoints that lead there. */
interface Pair {
  readonly service: K8sService;
  readonly endpoints: Endpoints | undefined;
}

function metadataOf(route: Stored<Route>, name: string): ObjectMeta {
  const own = without(route.metadata.labels, (key) => key === labels.visibility);
  return {
    name,
    namespace: route.metadata.namespace,
    labels: { ...own, [labels.route]: route.metadata.name },
    annotations: route.metadata.annotations ?? {},
    ownerReferences: [controllerRef(route)],
  };
}

const serviceOf = (metadata: ObjectMeta, spec: K8sService['spec']): K8sService => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata,
  spec,
});

/** A Service that holds the name of a tag until the front door is known; it leads there at once where ours is wanted. */
function makePlaceholder(route: Stored<Route>, tag: string, config: ServingConfig, gatewayHost: string | undefined): K8sService {
  const local = route.metadata.labels?.[labels.visibility] !== undefined;
  const visibility: Visibility = local ? 'ClusterLocal' : 'ExternalIP';
  const isOurs = ingressAnnotations(route.metadata.annotations, config)[annotations.ingressClass[0]] === INGRESS_CLASS;
  return serviceOf(metadataOf(route, hostnameOf(route.metadata.name, tag, config)), {
    type: 'ExternalName',
    externalName: (isOurs && gatewayHost) || hostOf(route, tag, visibility, config),
    sessionAffinity: 'None',
    ports: PORTS,
  });
}

/** The Service of a tag when the front door is known; undefined as long as it is not. */
function makePair(
  route: Stored<Route>,
  name: string,
  ingress: Ingress | undefined,
  existing: K8sService | undefined,
): Pair | undefined {
  const { publicLoadBalancer, privateLoadBalancer } = ingress?.status ?? {};
  const isPrivate = existing?.metadata.labels?.[labels.visibility] === 'cluster-local';
  const balancer = isPrivate || privateLoadBalancer?.ingress?.length ? privateLoadBalancer : publicLoadBalancer;
  const [door, ...others] = balancer?.ingress ?? [];
  if (!door || others.length > 0) return undefined;
  const metadata = metadataOf(route, name);
  if (door.ip) {
    const ports = [{ name: PORT_NAME, appProtocol: H2C, port: 80 }];
    const endpoints: Endpoints = {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata,
      subsets: [{ addresses: [{ ip: door.ip }], ports }],
    };
    return { service: serviceOf(metadata, { type: 'ClusterIP', clusterIP: 'None', ports: PORTS }), endpoints };
  }
  const host = door.domainInternal || door.domain;
  if (host) {
    const affinity = door.domainInternal ? { sessionAffinity: 'None' } : {};
    const spec = { type: 'ExternalName' as const, externalName: host, ...affinity, ports: PORTS };
    return { service: serviceOf(metadata, spec), endpoints: undefined };
  }
  if (!door.meshOnly) return undefined;
  return { service: serviceOf(metadata, { type: 'ClusterIP', ports: MESH_PORTS }), endpoints: undefined };
}

/** Whether Kubernetes lets the Service become the other: a cluster address cannot be changed or given up. */
function canBecome(from: K8sService, to: K8sService): boolean {
  if (from.spec.type !== to.spec.type) return from.spec.type === 'ExternalName';
  if (from.spec.type !== 'ClusterIP') return true;
  return (from.spec.clusterIP === 'None') === (to.spec.clusterIP === 'None');
}

/** What is to be done about the Services of one route. */
export interface ServicesPlan {
  readonly apply: readonly Apply[];
  readonly remove: NonNullable<Plan['remove']>;
  /** Names of Services that are missing. */
  readonly missing: readonly string[];
}

/** One Service for each tag, and none for tags that are gone. */
export function planServices(
  route: Stored<Route>,
  tags: readonly string[],
  ingress: Ingress | undefined,
  observed: Observed,
  config: ServingConfig,
  gatewayHost?: string,
): ServicesPlan {
  const { namespace = '', name: routeName } = route.metadata;
  const names = new Map(tags.map((tag) => [hostnameOf(routeName, tag, config), tag]));
  const apply: Apply[] = [];
  const remove: { type: Apply['type']; namespace: string; name: string }[] = [];
  const missing: string[] = [];
  for (const [name, tag] of names) {
    const existing = observed.get(K8sServiceType, namespace, name);
    const endpoints = observed.get(EndpointsType, namespace, name);
    const pair = makePair(route, name, ingress, existing);
    if (!existing) {
      missing.push(name);
      apply.push({ type: K8sServiceType, object: pair?.service ?? makePlaceholder(route, tag, config, gatewayHost) });
    } else if (pair && canBecome(existing, pair.service)) apply.push({ type: K8sServiceType, object: pair.service });
    else if (pair) remove.push({ type: K8sServiceType, namespace, name });
    if (pair?.endpoints) apply.push({ type: EndpointsType, object: pair.endpoints });
    else if (pair && endpoints) remove.push({ type: EndpointsType, namespace, name });
  }
  for (const type of [K8sServiceType, EndpointsType]) {
    for (const { metadata } of observed.list(type as typeof K8sServiceType, namespace, { [labels.route]: routeName })) {
      if (!names.has(metadata.name)) remove.push({ type, namespace, name: metadata.name });
    }
  }
  return { apply, remove, missing };
}
