import {
  apiVersionOf,
  type Configuration,
  ConfigurationType,
  childName,
  conditionOf,
  type Deployment,
  DeploymentType,
  type DomainMapping,
  IngressType,
  type KubeObject,
  labels,
  type Pod,
  PodType,
  type Revision,
  RevisionType,
  type Route,
  RouteType,
  type Service,
  ServiceType,
} from '../../api';
import { lastWords, podTrouble } from './pod-trouble';
import { readyTrouble } from './ready-trouble';
import { eventingKinds, whyEventing } from './why-eventing';
import { type Trouble, type WhyNode, whyNode } from './why-node';
import type { World } from './world';

/** Lines of a pod's output that are kept with it, without those that only name Node's own code. */
const LOG_LINES = 12;
const NOISE = /^\s*$|^\s+at .*\bnode:/;

function whyPod(pod: Pod, world: World): WhyNode {
  const trouble = podTrouble(pod, world);
  if (trouble.state === 'ready') return whyNode(pod, trouble, []);
  const printed = world.logs(pod.metadata.namespace ?? '', pod.metadata.name ?? '');
  const said = printed.length > 0 ? printed : lastWords(pod);
  const lines = said.filter((line) => !NOISE.test(line) && !trouble.message?.endsWith(line));
  return whyNode(pod, trouble, [], lines.slice(-LOG_LINES));
}

function deploymentTrouble({ spec, status }: Deployment): Trouble {
  const wanted = spec.replicas ?? 1;
  const ready = status?.readyReplicas ?? 0;
  if (ready >= wanted) return { state: 'ready' };
  const refused = conditionOf(status?.conditions, 'ReplicaFailure');
  if (refused?.status === 'True') {
    return { state: 'failed', reason: refused.reason ?? 'ReplicaFailure', message: refused.message ?? '', code: 'KNC3100' };
  }
  return { state: 'waiting', reason: 'Scaling', message: `${ready} of ${wanted} pods are ready` };
}

/** Pods that are coming or here; those being deleted are nobody's reason to wait. */
const staying = (pods: readonly Pod[]): Pod[] => pods.filter(({ metadata }) => !metadata.deletionTimestamp);

function whyDeployment(deployment: Deployment, world: World): WhyNode {
  const { namespace = '' } = deployment.metadata;
  const [label, value] = Object.entries(deployment.spec.selector.matchLabels ?? {})[0] ?? ['', ''];
  const selector = Object.entries(deployment.spec.selector.matchLabels ?? {});
  const pods = world
    .labelled(PodType, namespace, label, value)
    .filter(({ metadata }) => selector.every(([key, wanted]) => metadata.labels?.[key] === wanted));
  return whyNode(
    deployment,
    deploymentTrouble(deployment),
    staying(pods).map((pod) => whyPod(pod, world)),
  );
}

function whyRevision(revision: Revision, world: World): WhyNode {
  const { namespace = '', name = '' } = revision.metadata;
  const deployments = world.labelled(DeploymentType, namespace, labels.revision, name);
  return whyNode(
    revision,
    readyTrouble(revision),
    deployments.map((deployment) => whyDeployment(deployment, world)),
  );
}

function whyConfiguration(configuration: Configuration, world: World): WhyNode {
  const { namespace = '' } = configuration.metadata;
  const latest = configuration.status?.latestCreatedRevisionName;
  const revision = latest === undefined ? undefined : world.get(RevisionType, namespace, latest);
  return whyNode(configuration, readyTrouble(configuration), revision ? [whyRevision(revision, world)] : []);
}

function whyRoute(route: Route, world: World): WhyNode {
  const { namespace = '', name = '' } = route.metadata;
  const ingress = world.get(IngressType, namespace, name);
  const assigned = conditionOf(route.status?.conditions, 'AllTrafficAssigned')?.status === 'True';
  const children = ingress && assigned ? [whyNode(ingress, readyTrouble(ingress), [])] : [];
  return whyNode(route, readyTrouble(route), children);
}

function whyService(service: Service, world: World): WhyNode {
  const { namespace = '', name = '' } = service.metadata;
  const configuration = world.get(ConfigurationType, namespace, name);
  const route = world.get(RouteType, namespace, name);
  const below = configuration ? [whyConfiguration(configuration, world)] : [];
  const beside = route ? [whyRoute(route, world)] : [];
  // A Route that waits while the Configuration is not ready waits for just that.
  const consequence = below.some(({ state }) => state !== 'ready') && beside.every(({ state }) => state !== 'failed');
  return whyNode(service, readyTrouble(service), consequence ? below : [...below, ...beside]);
}

/** A domain waits for the address of its target; what keeps that from having one is the reason. */
function whyDomainMapping(mapping: DomainMapping, world: World): WhyNode {
  const { metadata, spec, status } = mapping;
  const { namespace = '' } = metadata;
  const trouble = readyTrouble(mapping);
  const resolved = conditionOf(status?.conditions, 'ReferenceResolved')?.status;
  const type = [ServiceType, RouteType].find(
    ({ kind }) => kind === spec.ref.kind && spec.ref.apiVersion === apiVersionOf(ServiceType),
  );
  const target = type && resolved !== 'True' ? world.get<KubeObject>(type, namespace, spec.ref.name) : undefined;
  const below = target ? why(target, world) : undefined;
  if (below && below.state !== 'ready') {
    return whyNode(mapping, { state: 'waiting', reason: 'Reconciling' }, [below]);
  }
  const ingress = resolved === 'True' ? world.get(IngressType, namespace, childName(metadata.name ?? '', '')) : undefined;
  return whyNode(mapping, trouble, ingress ? [whyNode(ingress, readyTrouble(ingress), [])] : []);
}

const BY_KIND: Readonly<Record<string, (object: never, world: World) => WhyNode>> = {
  'serving.knative.dev/v1/Service': whyService,
  'serving.knative.dev/v1/Route': whyRoute,
  'serving.knative.dev/v1beta1/DomainMapping': whyDomainMapping,
  'serving.knative.dev/v1/Configuration': whyConfiguration,
  'serving.knative.dev/v1/Revision': whyRevision,
  'apps/v1/Deployment': whyDeployment,
  'v1/Pod': whyPod,
  ...Object.fromEntries(
    eventingKinds.map((kind) => [
      kind,
      (object: KubeObject, world: World) => whyEventing(object, world, (below) => why(below, world)),
    ]),
  ),
};

/** True if `why` has something to say about this kind. */
export function isExplained({ apiVersion, kind }: KubeObject): boolean {
  return `${apiVersion}/${kind}` in BY_KIND;
}

/**
 * Why an object is not ready: the tree from it down to the containers that it stands on. Pure.
 * Kinds: Service, Route, DomainMapping, Configuration, Revision, Deployment, Pod, and those of Eventing.
 */
export function why(object: KubeObject, world: World): WhyNode {
  const explain = BY_KIND[`${object.apiVersion}/${object.kind}`];
  if (!explain) return whyNode(object, { state: 'ready' }, []);
  return explain(object as never, world);
}
