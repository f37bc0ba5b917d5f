import {
  annotations,
  controllerRef,
  type HTTPIngressPath,
  type Ingress,
  type IngressBackendSplit,
  type IngressRule,
  type IngressSpec,
  labels,
  type Route,
  type ServingConfig,
  type Stored,
} from '../../api';
import { httpOptionOf, ingressAnnotations } from '../ingress/child-ingress';
import { expandedHosts, hostOf } from './domains';
import type { ConfigurationRollout, Rollout } from './rollout';
import { writeRollout } from './rollout-annotation';
import type { RevisionTarget, Traffic } from './traffic';
import type { Visibility } from './visibility';

/** Headers that say which revision a request is for. */
const REVISION_HEADER = 'Knative-Serving-Revision';
const NAMESPACE_HEADER = 'Knative-Serving-Namespace';
/** Headers of tag-header-based-routing. */
const TAG_HEADER = 'Knative-Serving-Tag';
const DEFAULT_ROUTE_HEADER = 'Knative-Serving-Default-Route';

/** What an Ingress is made from. */
export interface IngressInput {
  readonly route: Stored<Route>;
  readonly traffic: Traffic;
  readonly rollout: Rollout;
  readonly visibility: ReadonlyMap<string, Visibility>;
  readonly config: ServingConfig;
}

/** The Ingress of a route: a rule inside the cluster for each tag and, where the tag is public, one outside. */
export function makeIngress(input: IngressInput): Ingress {
  const { route, rollout, config } = input;
  const { name, namespace, annotations: own } = route.metadata;
  const { spec, tagToHost } = makeSpec(input);
  return {
    apiVersion: 'networking.internal.knative.dev/v1alpha1',
    kind: 'Ingress',
    metadata: {
      name,
      namespace,
      labels: { ...route.metadata.labels, [labels.route]: name, [labels.routeNamespace]: namespace ?? '' },
      annotations: {
        ...ingressAnnotations(own, config),
        [annotations.rollout[0]]: writeRollout(rollout),
        ...(tagToHost.size > 0 ? { [annotations.tagToHost[0]]: JSON.stringify(Object.fromEntries(tagToHost)) } : {}),
      },
      ownerReferences: [controllerRef(route)],
    },
    spec,
  };
}

function makeSpec(input: IngressInput): { spec: IngressSpec; tagToHost: ReadonlyMap<string, readonly string[]> } {
  const { route, traffic, visibility, config } = input;
  const tags = [...traffic.byTag.keys()].sort();
  const rules: IngressRule[] = [];
  const tagToHost = new Map<string, string[]>();
  for (const tag of tags) {
    const reach: Visibility[] = visibility.get(tag) === 'ClusterLocal' ? ['ClusterLocal'] : ['ClusterLocal', 'ExternalIP'];
    for (const from of reach) {
      const host = hostOf(route, tag, from, config);
      const hosts = from === 'ClusterLocal' ? expandedHosts(host, config.domain.clusterDomain) : [host];
      rules.push({ hosts, visibility: from, http: { paths: makePaths(input, tag, tags) } });
      if (tag !== '') tagToHost.set(tag, [...(tagToHost.get(tag) ?? []), host]);
    }
  }
  const httpOption = httpOptionOf(route.metadata.annotations, config);
  return { spec: { rules, ...(httpOption ? { httpOption } : {}) }, tagToHost };
}

/** The path of a tag and, on the route's own host where the feature is on, paths that the tag header leads to. */
function makePaths(input: IngressInput, tag: string, tags: readonly string[]): HTTPIngressPath[] {
  const path = makePath(input, tag);
  if (input.config.features.tagHeaderBasedRouting !== 'Enabled') return [path];
  if (tag !== '') return [{ ...path, appendHeaders: { [TAG_HEADER]: tag } }];
  const byHeader = tags
    .filter((other) => other !== '')
    .map((other) => ({ headers: { [TAG_HEADER]: { exact: other } }, ...makePath(input, other) }));
  return [...byHeader, { ...path, appendHeaders: { [DEFAULT_ROUTE_HEADER]: 'true' } }];
}

function makePath({ route, traffic, rollout, config }: IngressInput, tag: string): HTTPIngressPath {
  const namespace = route.metadata.namespace ?? '';
  const rollouts = rollout.configurations.filter((one) => one.tag === tag);
  const splits = (traffic.byTag.get(tag) ?? [])
    .filter(({ percent }) => percent !== 0)
    .flatMap((target) =>
      shares(target, rollouts).map(
        ({ revisionName, percent }): IngressBackendSplit => ({
          serviceNamespace: namespace,
          serviceName: revisionName,
          servicePort: portOf(target, config),
          percent,
          appendHeaders: { [REVISION_HEADER]: revisionName, [NAMESPACE_HEADER]: namespace },
        }),
      ),
    );
  return { splits };
}

/** The revisions among which a target's requests are shared just now. */
function shares(target: RevisionTarget, rollouts: readonly ConfigurationRollout[]): ConfigurationRollout['revisions'] {
  const running = target.latestRevision
    ? rollouts.find(({ configurationName }) => configurationName === target.configurationName)
    : undefined;
  return running && running.revisions.length > 1 ? running.revisions : [target];
}

/** Port of a revision's Service. */
function portOf({ protocol }: RevisionTarget, config: ServingConfig): number {
  if (config.network.systemInternalTls) return 443;
  return protocol === 'h2c' ? 81 : 80;
}
